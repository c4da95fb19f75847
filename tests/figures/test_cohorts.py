"""The column that tells most comes first, and every panel adds up to the change."""

import dataclasses

import pictured
import pytest
from matplotlib.figure import Figure

from investigate import figures
from investigate.finding import Finding

pytestmark = pytest.mark.quick_cases(1)


def row(group: str, contribution: float, rows: int) -> dict[str, object]:
    return {
        "group": group,
        "contribution": contribution,
        "low": contribution - 0.01,
        "high": contribution + 0.01,
        "discovered": True,
        "auc_baseline": 0.8,
        "auc_incident": 0.7,
        "rows_baseline": rows,
        "rows_incident": rows,
    }


def by(column: str, *rows: dict[str, object]) -> Finding:
    found = pictured.finding("quiet", "contributions", "system")
    detail = {"by": column, "sum": -0.1, "change": -0.1}
    return dataclasses.replace(found, name=f"by {column}", table=rows, detail=detail)


EVEN = by("age", row("old", -0.09, 900), row("young", -0.01, 100))
TELLING = by("country", row("FR", -0.05, 200), row("PL", -0.05, 200), row("DE", 0.0, 600))


def panels(figure: Figure) -> list[str]:
    return [ax.get_title(loc="left") for ax in figure.axes]


def test_the_column_that_departs_from_sizes_comes_first_not_the_largest_group() -> None:
    figure = figures.cohorts([EVEN, TELLING])
    assert panels(figure) == ["country", "age"]
    assert pictured.title(figure) == (
        "By country, FR carries −0.050 of −0.100; a group of its size that is like the rest "
        "would carry −0.020."
    )


@pytest.mark.slow
def test_every_panel_adds_up_and_shares_one_scale() -> None:
    figure = pictured.figure("reset", "cohorts")
    change = pictured.finding("reset", "drop").numbers["change"].value
    for ax in figure.axes:
        *groups, total = [patch.get_width() for patch in ax.patches]
        assert sum(groups) == pytest.approx(change, abs=1e-9)
        assert total == pytest.approx(change, abs=1e-9)
    assert len({ax.get_xlim() for ax in figure.axes}) == 1


def test_columns_beyond_the_sixth_are_counted() -> None:
    many = [by(f"column {i}", row("a", -0.05, 500), row("b", -0.05, 500)) for i in range(9)]
    figure = figures.cohorts(many)
    assert len(figure.axes) == 6
    assert "3 more columns are in the tables" in figure.axes[-1].get_xlabel()


def test_without_a_group_that_stands_out_the_findings_own_claim_is_the_title() -> None:
    quiet = [{**r, "discovered": False} for r in TELLING.table]
    unsure = dataclasses.replace(
        TELLING, table=tuple(quiet), claim="No group by country stands out."
    )
    assert pictured.title(figures.cohorts([unsure])) == "No group by country stands out."


@pytest.mark.slow
def test_where_all_groups_fell_alike_the_largest_is_not_the_title() -> None:
    alike = [{**r, "discovered": True, "stands_out": False} for r in TELLING.table]
    claim = "No group by country stands out in the change of −0.100."
    even = dataclasses.replace(TELLING, table=tuple(alike), claim=claim)
    assert pictured.title(figures.cohorts([even])) == claim


@pytest.mark.slow
def test_a_group_that_stands_out_is_the_title_though_another_carries_more() -> None:
    rows = [row("FR", -0.06, 500), {**row("PL", -0.04, 100), "stands_out": True}]
    rows[0]["stands_out"] = False
    title = pictured.title(figures.cohorts([by("country", *rows)]))
    assert title.startswith("By country, PL carries")


def test_a_columns_name_may_hold_a_star() -> None:
    rows = (row("a", -0.05, 500), row("b", -0.05, 500))
    figure = figures.cohorts([by("a*b", *rows), by("system*a*b", *rows)])
    assert sorted(panels(figure)) == ["a*b", "system and a*b"]
