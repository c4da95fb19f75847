"""Which groups share no row, so that two of them may be all rows."""

import pytest

from investigate.analyses.cause_arms import disjoint
from investigate.analyses.suspects.undoing import UndoingArm

ROWS = {("A", "ios"): {1}, ("A", "web"): {2}, ("B", "ios"): {3}, ("B", "web"): {4}}


def rows(by: str, system: str, value: str) -> set[int]:
    """The rows of one group, each system and app with one row."""
    return {
        row
        for (its, app), own in ROWS.items()
        for row in own
        if ("system" not in by or its == system) and ("app" not in by or app == value)
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("app", "", "ios"), ("app", "", "web")),
        (("system*app", "A", "web"), ("app", "", "ios")),
        (("system*app", "A", "web"), ("system*app", "A", "ios")),
        (("system*app", "A", "web"), ("system*app", "B", "web")),
        (("system", "A", ""), ("system*app", "B", "web")),
        (("system", "A", ""), ("app", "", "web")),
        (("system", "A", ""), ("system*app", "A", "web")),
        (("system*app", "A", "web"), ("app", "", "web")),
    ],
)
def test_groups_without_a_common_row(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    arms = [UndoingArm(by, (system, value), "labels") for by, system, value in (one, other)]
    assert disjoint(*arms) == (not rows(*one) & rows(*other))
    assert disjoint(*arms[::-1]) == disjoint(*arms)
    assert not disjoint(arms[0], UndoingArm("all", None, "labels"))
