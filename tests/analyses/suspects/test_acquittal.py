"""When a replay excludes that a system's writes cost what was lost."""

import pandas as pd
import pytest

from investigate.analyses.suspects.acquittal import changes_little
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate

LOST = Estimate(0.05, 0.04, 0.06)


def replayed(without_s0: float, covered: int = 100, following: int = 100) -> Counts:
    """AUC is 0.7, and ``without_s0`` where the writes of s0 are undone; so are those of s1."""
    rows = []
    for stretch in (0, 1):
        for kept in range(4):
            area = 0.7 if kept & 1 or not stretch else without_s0
            right = round(1_000 * area)
            for fold in range(FOLDS):
                at = {"method": "writes", "kept": kept, "stretch": stretch, "fold": fold}
                rows.append({**at, "bin": 0, "positives": 1_000 - right, "negatives": right})
                rows.append({**at, "bin": 1, "positives": right, "negatives": 1_000 - right})
    pairs = {"checked": 100, "following": following}
    coverage = {"incident": {"rows": 100, "covered": covered}, "ability": None, "pairs": pairs}
    return Counts(
        *[pd.DataFrame()] * 7,
        meta={"replay": {"systems": ["s0", "s1"], "coverage": coverage, "formula": "a - d"}},
        replay=pd.DataFrame(rows),
    )


def test_a_system_whose_undone_writes_change_nothing_did_not_cost_it() -> None:
    assert changes_little(replayed(0.7), "s0", LOST, 0.95)
    assert changes_little(replayed(0.74), "s1", LOST, 0.95)
    assert not changes_little(replayed(0.74), "s0", LOST, 0.95)
    # Half of a loss is not little.
    assert not changes_little(replayed(0.725), "s0", LOST, 0.95)


@pytest.mark.parametrize(("covered", "following"), [(70, 100), (100, 74)])
def test_a_replay_that_speaks_for_few_rows_excludes_nobody(covered: int, following: int) -> None:
    assert not changes_little(replayed(0.7, covered, following), "s0", LOST, 0.95)


def test_who_wrote_nothing_is_not_excluded_by_it() -> None:
    assert not changes_little(replayed(0.7), "elsewhere", LOST, 0.95)
