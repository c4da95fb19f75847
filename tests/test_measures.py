"""Each measure: its sampling variance against what sampling does, its way back, its words."""

from dataclasses import replace
from pathlib import Path

import alerted
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate import measures
from investigate.ledger.entry import ALERT, Entry
from investigate.measures import AUC, MEASURES, ROWS, Measure, charted, measure, table
from investigate.monitor.alerts import FIXED
from investigate.monitor.charts.pace import DAYS
from investigate.monitor.judging import judge
from investigate.monitor.watch import Limits
from investigate.monitor.words import change
from investigate.site.alerts import raised
from investigate.updates.alerted import alarms
from investigate.updates.evidence import CaseEvidence

pytestmark = pytest.mark.quick_cases(1)

WATCH = Path(__file__).parents[1] / "docs" / "watch.md"
DAYS_MADE, DAILY = 400, 120


@pytest.fixture(scope="module")
def daily() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    days = []
    for _ in range(DAYS_MADE):
        rows = rng.poisson(DAILY)
        ability = rng.normal(0, 1.3, rows)
        outcome = (rng.random(rows) < 1 / (1 + np.exp(-ability))).astype(int)
        unscored = int(rng.binomial(rows, 0.02))
        days.append(
            {
                "rows": rows,
                "positives": outcome.sum(),
                "negatives": rows - outcome.sum(),
                "unscored": unscored,
                "pending": int(rng.binomial(rows, 0.1)),
                "auc": roc_auc_score(outcome, ability),
                "ratio": 1.0,
            }
        )
    return pd.DataFrame(days)


@pytest.mark.slow
@pytest.mark.parametrize("measure", charted(True), ids=lambda m: m.name)
def test_the_sampling_variance_is_that_of_the_days(measure: Measure, daily: pd.DataFrame) -> None:
    values, variances = measure.scaled(daily, 60, DAYS)
    ratio = values.var() / variances.mean()
    # Anscombe's angle is exact for large counts; two rows of 120 are few.
    assert ratio == pytest.approx(1.0, abs=0.35 if measure.name == "missing scores" else 0.2)


@pytest.mark.parametrize("measure", charted(True), ids=lambda m: m.name)
def test_values_come_back_in_their_own_unit(measure: Measure, daily: pd.DataFrame) -> None:
    values, _ = measure.scaled(daily, 60, DAYS)
    own = {
        "AUC": daily["auc"],
        "rows": daily["rows"],
        "base rate": daily["positives"] / daily["rows"],
        "missing scores": daily["unscored"] / daily["rows"],
        "missing outcomes": daily["pending"] / daily["rows"],
    }
    assert measure.name in own, f"add how {measure.name!r} is computed in plain pandas"
    np.testing.assert_allclose(measure.unscaled(values), own[measure.name], atol=0.006)


def test_rows_that_depend_make_the_variance_larger(daily: pd.DataFrame) -> None:
    _, alone = AUC.scaled(daily, 60, DAYS)
    _, together = AUC.scaled(daily.assign(ratio=2.5), 60, DAYS)
    np.testing.assert_allclose(together, 2.5 * alone)


def test_days_of_one_class_have_no_auc(daily: pd.DataFrame) -> None:
    one = daily.copy()
    one.loc[100:110, ["auc", "positives"]] = [np.nan, 0]
    values, variances = AUC.scaled(one, 60, DAYS)
    assert np.isnan(values[100:111]).all()
    assert not np.isfinite(variances[100:111]).any()


def test_no_rows_are_a_count_like_any_other() -> None:
    values, variances = ROWS.scaled(pd.DataFrame({"rows": [0, 99]}), 1, DAYS)
    np.testing.assert_allclose(values, [0, np.log(100)])
    np.testing.assert_allclose(variances, [1, 0.01])


def test_a_day_without_rows_is_as_sure_as_such_days_are() -> None:
    rows = [100] * 5 + [10, 10] + [100] * 5 + [10, 10] + [0] * 7
    _, variances = ROWS.scaled(pd.DataFrame({"rows": rows}), 14, DAYS)
    np.testing.assert_allclose(variances[14:], [1 / 101] * 5 + [1 / 11] * 2)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Measure:
    """A measure more: the share of rows that were solved."""
    base = measure("base rate")
    assert base
    solved = replace(base, name="Solved rows", words="the share of solved rows", limit="auc")
    monkeypatch.setattr(measures, "MEASURES", (*MEASURES, solved))
    return solved


def _entry(body: dict[str, object]) -> Entry:
    return Entry(
        n=3, prev="0" * 64, time="2024-02-01T00:00:00Z", kind=ALERT, of=None, files={}, body=body
    )


def test_one_entry_is_enough(made_up: Measure) -> None:
    rng, days = np.random.default_rng(2), alerted.LEARN + 20
    solved = rng.binomial(400, np.where(np.arange(days) < alerted.LEARN + 10, 0.6, 0.3))
    daily = pd.DataFrame(
        {
            "start": pd.date_range(alerted.FIRST, periods=days, freq="D"),
            "by": "all", "label": "", "rows": 400, "positives": solved,
            "negatives": 400 - solved, "unscored": 0, "pending": 0, "auc": np.nan, "ratio": np.nan,
        }
    )  # fmt: skip
    watch = alerted.watch(limits={"auc": 0.5})
    found = judge(daily, watch, alerted.day(days))
    own = [one for one in found.seen if one.measure == "Solved rows"]
    assert {one.why for one in own} == {"chart", FIXED}
    assert own[0].since == alerted.day(alerted.LEARN + 10)
    assert "Solved rows" in set(found.shown["measure"])

    alert = alerted.alert(1, 40, measure="Solved rows", value=0.3, low=0.2, high=0.4, expected=0.6)
    line = change(alert, alerted.watch())
    assert line.startswith("share of solved rows fell from 60.0% to 30.0% [20.0%, 40.0%]")

    body = {"alert": "1", "measure": made_up.key, "stream": "all", "value": 0.3, "expected": 0.6}
    assert raised(body) == (
        "An alert was raised: the share of solved rows was 30.0%, 60.0% expected"
    )
    (alarm,) = alarms(CaseEvidence(Path("case"), None, (), (_entry(body),)))
    assert (alarm.about, alarm.figure(alarm.found).text) == ("the share of solved rows", "30.0%")
    assert "| the share of solved rows | all rows |" in table()


def test_the_docs_show_every_measure() -> None:
    shown = WATCH.read_text("utf-8")
    missing = [row for row in table().splitlines() if row not in shown]
    assert missing == [], "`make tables` puts these rows into docs/watch.md"
    assert table() in shown, "the rows are in another order: `make tables`"


@pytest.mark.parametrize("known", MEASURES, ids=lambda m: m.name)
def test_every_measure_has_its_words(known: Measure) -> None:
    assert known.words == "AUC" or known.words.startswith("the ")
    assert measure(known.key) is measure(known.name) is known
    assert not known.limit or known.limit in Limits.model_fields
    assert known.key in raised({"measure": known.key}).lower() or known is ROWS
    assert change(alerted.alert(1, 40, measure=known.name), alerted.watch())[0] != " "


def test_names_are_unique_and_every_fixed_limit_has_its_measure() -> None:
    assert len({known.key for known in MEASURES}) == len(MEASURES)
    assert {known.limit for known in MEASURES} - {""} == set(Limits.model_fields)


def test_the_measure_of_another_version_is_told_by_its_name() -> None:
    assert measure("flux") is None
    alert = alerted.alert(1, 40, measure="flux")
    assert change(alert, alerted.watch()).startswith("flux of all rows fell from 0.750 to 0.600")
    assert "flux of all rows was 0.600" in raised({"measure": "flux", "value": 0.6})
