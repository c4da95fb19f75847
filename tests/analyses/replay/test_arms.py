"""Every arm of a replay against loops over rows and writes, on unbinned scores."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import plain
import pytest
from brute import INCIDENT_DAYS, Platform, Row, Wrote, asked, at, made, stretches, write
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from investigate.analyses.replay.arms import INCIDENT, PLACEBO, area, arms
from investigate.counts.auc import bin_bound
from investigate.counts.table import Counts
from investigate.log import count

pytestmark = pytest.mark.slow


def bound(counts: Counts, method: str, kept: int, stretch: int) -> float:
    """How far the AUC of bins can lie from that of the scores themselves."""
    own = counts.replay.query("method == @method and kept == @kept and stretch == @stretch")
    sums = own.groupby("bin")[["positives", "negatives"]].sum()
    if not (sums.sum() > 0).all():
        return 0.0
    inexact = np.zeros(len(sums), dtype=bool)
    return float(bin_bound(sums["positives"].to_numpy(), sums["negatives"].to_numpy(), inexact))


def agree(counts: Counts, platform: Platform, freeze: pd.Timestamp) -> float:
    """Every subset in both stretches, by both methods; the widest bound that was needed."""
    systems = counts.meta["replay"]["systems"]
    assert systems == platform.systems
    methods = {"writes": platform.by_writes, "moves": platform.by_moves}
    if platform.precedence:
        assert arms(counts, "moves") is None
        del methods["moves"]
    widest = 0.0
    for method, replayed in methods.items():
        found = arms(counts, method)
        if found is None:
            # Nothing was counted, which is right where no row lies in either stretch.
            assert not any(platform.within(where) for where in stretches(freeze).values())
            continue
        for stretch, areas in ((INCIDENT, found.incident), (PLACEBO, found.placebo)):
            where = stretches(freeze)[stretch]
            assert areas.shape[0] == 2 ** len(systems)
            for kept in range(2 ** len(systems)):
                frozen = [name for j, name in enumerate(systems) if not kept >> j & 1]
                expected = platform.auc(
                    where, partial(replayed, frozen=frozen, freeze=where.freeze)
                )
                name = "writes" if not frozen else method
                most = bound(counts, name, kept, stretch)
                widest = max(widest, most)
                assert areas[kept, 0] == pytest.approx(expected, abs=most + 1e-9, nan_ok=True), (
                    f"{method}, frozen {frozen}, stretch {stretch}"
                )
    return widest


@pytest.mark.parametrize("precedence", [False, True])
@pytest.mark.parametrize("systems", [1, 2, 3])
def test_arms_equal_loops_over_rows_and_writes(
    systems: int, precedence: bool, tmp_path: Path
) -> None:
    platform = made(systems, systems, precedence=precedence)
    counts = count(asked(tmp_path, platform))
    assert agree(counts, platform, INCIDENT_DAYS[0]) <= 0.002


def test_five_systems(tmp_path: Path) -> None:
    platform = made(4, 5, precedence=True, rows=300)
    # With so many arms bins are wider.
    assert agree(count(asked(tmp_path, platform)), platform, INCIDENT_DAYS[0]) <= 0.01


def test_the_made_log_has_rows_of_every_kind() -> None:
    platform = made(2, 2)
    inside = platform.within(stretches()[INCIDENT])
    values = [platform.in_force(row.item, row.time) for row in inside]
    before = [
        platform.in_force(row.item, row.time, lambda w: w.time < INCIDENT_DAYS[0]) for row in inside
    ]
    moments = {(w.item, w.time) for w in platform.writes}
    assert sum(value is None for value in values) > 10
    written_since = [v is not None and b is None for v, b in zip(values, before, strict=True)]
    assert sum(written_since) > 10
    assert sum((row.item, row.time) in moments for row in inside) > 10
    assert len({write.time for write in platform.writes}) < len(platform.writes)


@pytest.mark.parametrize("freeze", [13.0, 17.5, 22.0])
def test_a_freeze_at_another_date(freeze: float, tmp_path: Path) -> None:
    platform = made(5, 2)
    counts = count(asked(tmp_path, platform, replay={"freeze": at(freeze)}))
    assert counts.meta["replay"]["freeze"] == at(freeze).isoformat()
    assert agree(counts, platform, at(freeze)) <= 0.002


def test_scores_in_logits(tmp_path: Path) -> None:
    platform = made(6, 2, logistic=False)
    counts = count(asked(tmp_path, platform))
    assert agree(counts, platform, INCIDENT_DAYS[0]) <= 0.002
    # Where nothing is said, scores beyond 0 and 1 are read as logits.
    unsaid = count(asked(tmp_path, platform, score_formula=None))
    pd.testing.assert_frame_equal(unsaid.replay, counts.replay)


@pytest.mark.parametrize(
    "formula", ["logistic(0.5 * (ability - difficulty))", "ability + 2*difficulty"]
)
def test_other_slopes(formula: str, tmp_path: Path) -> None:
    logistic = formula.startswith("logistic")
    platform = replace(made(7, 2, logistic=logistic), slope=-0.5 if logistic else 2.0)
    counts = count(asked(tmp_path, platform, score_formula=formula))
    assert agree(counts, platform, INCIDENT_DAYS[0]) <= 0.002


def test_leaving_folds_out_equals_replaying_the_other_students(tmp_path: Path) -> None:
    platform = made(8, 2)
    counts = count(asked(tmp_path, platform))
    found = arms(counts, "writes")
    assert found is not None
    folds = [plain.fold(n % 40) for n in range(len(platform.rows))]
    for left in sorted(set(folds))[:3]:
        rows = [row for row, fold in zip(platform.rows, folds, strict=True) if fold != left]
        for kept, frozen in ((0, ["s0", "s1"]), (1, ["s1"])):
            where = stretches()[INCIDENT]
            expected = replace(platform, rows=rows).auc(
                where, partial(platform.by_writes, frozen=frozen, freeze=where.freeze)
            )
            assert found.incident[kept, 1 + left] == pytest.approx(expected, abs=0.002)


def test_net_is_the_gain_beyond_the_placebos(tmp_path: Path) -> None:
    platform = made(9, 2)
    found = arms(count(asked(tmp_path, platform)), "writes")
    assert found is not None
    for kept, frozen in ((0, ["s0", "s1"]), (1, ["s1"]), (2, ["s0"])):
        gains = []
        for stretch in (INCIDENT, PLACEBO):
            where = stretches()[stretch]
            undone, real = (
                platform.auc(where, partial(platform.by_writes, frozen=f, freeze=where.freeze))
                for f in (frozen, [])
            )
            gains.append(undone - real)
        assert found.net[kept, 0] == pytest.approx(gains[0] - gains[1], abs=0.003)
    assert (found.net[-1] == 0).all()


@pytest.mark.parametrize("precedence", [False, True])
def test_a_candidate_replaces_the_writes_of_one_system(precedence: bool, tmp_path: Path) -> None:
    platform = made(10, 2, precedence=precedence)
    rng = np.random.default_rng(0)
    better = [
        Wrote(w.time, "s1", float(w.difficulty / 2), w.item)
        for w in platform.writes
        if w.system == "s1" and rng.random() < 0.7
    ]
    write(better, tmp_path / "better.parquet")
    pd.DataFrame([vars(w) for w in better]).drop(columns="system").to_csv(
        tmp_path / "unnamed.csv", index=False
    )
    candidates = [
        {"name": "better", "system": "s1", "history": str(tmp_path / "better.parquet")},
        {"name": "unnamed", "system": "s1", "history": str(tmp_path / "unnamed.csv")},
        {"name": "real", "system": "s1", "history": str(tmp_path / "real.parquet")},
    ]
    write([w for w in platform.writes if w.system == "s1"], tmp_path / "real.parquet")
    counts = count(asked(tmp_path, platform, replay={"arms": candidates}))
    for stretch, where in stretches().items():
        expected = platform.auc(
            where, partial(platform.by_other, instead=platform.instead("s1", better))
        )
        for number in (0, 1):
            found = area(counts.replay, "candidate", number, stretch)
            most = bound(counts, "candidate", number, stretch)
            assert found[0] == pytest.approx(expected, abs=most + 1e-9)
            assert most <= 0.002
        same = area(counts.replay, "candidate", 2, stretch)
        np.testing.assert_allclose(same, area(counts.replay, "writes", 3, stretch))


@st.composite
def platforms(draw: st.DrawFn) -> Platform:
    """A few rows and writes on a coarse grid of moments, so that they often coincide."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    days = st.integers(-4, 55).map(lambda n: at(n / 2))
    items = st.sampled_from(["i", "j", "k"])
    values = st.integers(-6, 6).map(lambda n: n / 4)
    writes = draw(
        st.lists(st.builds(Wrote, days, st.sampled_from(names), values, items), max_size=14)
    )
    # Every system exists.
    writes += [Wrote(at(-1), name, 0.25, "k") for name in names]
    rows = draw(
        st.lists(
            st.builds(
                Row,
                st.integers(0, 55).map(lambda n: at(n / 2)),
                st.sampled_from(["i", "j", "k", "never"]),
                st.integers(1, 19).map(lambda n: n / 20),
                st.integers(0, 1),
            ),
            max_size=25,
        )
    )
    rows += [Row(at(day), "i", 0.5, outcome) for day in (1, 21) for outcome in (0, 1)]
    order = draw(st.one_of(st.just([]), st.permutations(names)))
    return Platform(rows, writes, order)


@settings(max_examples=4, suppress_health_check=[HealthCheck.filter_too_much])
@given(platforms(), st.sampled_from([16.0, 20.0, 23.5]))
def test_arms_equal_loops_on_anything(platform: Platform, freeze: float) -> None:
    # A history of other items is refused, which test_replay holds.
    assume({row.item for row in platform.rows} & {one.item for one in platform.writes})
    with TemporaryDirectory() as folder:
        counts = count(asked(Path(folder), platform, replay={"freeze": at(freeze)}))
    agree(counts, platform, at(freeze))


def test_without_a_history_there_are_no_arms(tmp_path: Path) -> None:
    counts = count(asked(tmp_path, made(11, 1, rows=100), history=None))
    assert counts.replay.empty
    assert counts.meta["replay"] is None
    assert arms(counts, "writes") is arms(counts, "moves") is None
