"""The bars add up to the drop, however many groups there are."""

import made
import pandas as pd
import pictured
import plain
import pytest

from investigate import analyses, figures
from investigate.figures.contributions import group_bars, label_of, total_bar, typical_of


@pytest.mark.slow
@pytest.mark.parametrize("most", [2, 12, 100])
def test_bars_add_up_to_the_change_with_the_largest_kept(most: int) -> None:
    found = pictured.finding("hostile", "contributions", "$who$")
    bars = group_bars(found.table, most)
    change = pictured.finding("hostile", "drop").numbers["change"].value
    groups = len(found.table)
    assert groups > 30
    assert len(bars) == min(most, groups)
    assert sum(bar.value for bar in bars) == pytest.approx(change, abs=1e-9)
    assert total_bar(found).value == pytest.approx(change, abs=1e-9)
    sizes = sorted((abs(row["contribution"]) for row in found.table), reverse=True)
    kept = sorted((abs(bar.value) for bar in bars if bar.kind != "merged"), reverse=True)
    assert kept == sizes[: len(kept)]
    if most < groups:
        assert bars[-1].kind == "merged"
        assert bars[-1].label == f"{groups + 1 - most} more groups"


@pytest.mark.slow
def test_the_tick_is_the_contribution_of_a_group_that_is_like_the_rest() -> None:
    log = made.platform(7, rows=3_000, damage="scrambled")
    log["copy"] = "b"
    # Three copies of each row, one of them in group a: the groups are alike but for their size.
    log = pd.concat([log.assign(copy="a"), log, log], ignore_index=True)
    asked = made.question(cohorts=["copy"])
    bars = group_bars(analyses.contributions(plain.count(log, asked), asked, "copy").table, 12)
    assert {bar.label: bar.value for bar in bars} == pytest.approx(
        {bar.label: bar.typical for bar in bars}, abs=1e-12
    )
    assert bars[0].value == pytest.approx(2 * bars[1].value)


def test_the_tick_weighs_both_windows_alike() -> None:
    assert typical_of([10, 30], [100, 100], -0.2) == pytest.approx(-0.04)
    assert typical_of([0, 50], [100, 100], -0.2) == pytest.approx(-0.05)


@pytest.mark.slow
def test_shares_and_auc_stand_beside_the_bars() -> None:
    found = pictured.finding("reset", "contributions", "system")
    bars = {bar.label: bar for bar in group_bars(found.table, 12)}
    log = made.platform(1, rows=8_000, damage="reset")
    now = log["time"] >= pd.Timestamp("2024-02-10", tz="UTC")
    for label, bar in bars.items():
        own = log["system"] == label
        shares = " → ".join(f"{(own & side).sum() / side.sum():.0%}" for side in (~now, now))
        assert bar.beside[0] == shares
    row = next(row for row in found.table if row["group"] == "default")
    assert bars["default"].beside[1] == f"{row['auc_baseline']:.2f} → {row['auc_incident']:.2f}"


def test_a_group_without_auc_says_so() -> None:
    row = dict(pictured.finding("quiet", "contributions", "system").table[0])
    for nothing in (None, float("nan")):
        bar = group_bars([{**row, "auc_incident": nothing, "contribution": nothing}], 12)[0]
        assert bar.beside[1].endswith("→ none")
        assert bar.value is None


def test_a_group_too_rare_for_its_digits_is_not_called_absent() -> None:
    row = dict(pictured.finding("quiet", "contributions", "system").table[0])
    small = {**row, "group": "rare", "rows_baseline": 1, "rows_incident": 0}
    rare = group_bars([{**row, "rows_baseline": 10_000}, small], 12)[1]
    assert rare.beside[0] == "<0.1% → 0%"


@pytest.mark.slow
def test_a_long_name_is_shortened_in_the_title_too() -> None:
    found = pictured.finding("hostile", "contributions", "system")
    long = next(row["group"] for row in found.table if len(row["group"]) > 40)
    assert long in found.claim
    figure = figures.contributions(found)
    assert long not in pictured.title(figure)
    assert "carries most" in pictured.title(figure)


@pytest.mark.slow
def test_of_a_long_cross_both_parts_are_legible() -> None:
    table = pictured.finding("hostile", "contributions", "system*$who$").table
    labels = {row["group"]: label_of(row) for row in table}
    assert max(map(len, labels.values())) <= 33
    long = labels["a name that goes on and on until it differs at the very end A × (missing)"]
    assert long.startswith("a name th")
    assert long.endswith(" × (missing)")
