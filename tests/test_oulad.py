"""The OULAD answers against plain pandas and scikit-learn, written apart from the kit."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate import analyses
from investigate.analyses.answer import _auc, _mechanism, _pairs
from investigate.counts.table import Counts
from investigate.finding import plain
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
YEAR = "oulad-year"
CASES = ("oulad-october", YEAR)


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """findings.json of a case, and its two windows cut from the log by pandas."""
    # Every group as the log has it: one with fewer rows would not be shown alone.
    alone = ["thresholds.smallest_group=1"]
    asked = params.load(ROOT / "params" / f"{request.param}.yml", alone)
    findings = parts(count(asked), asked)
    log = pd.read_parquet(ROOT / "data" / "oulad" / "log.parquet")
    windows = {}
    for name in ("baseline", "incident"):
        start, end = (
            pd.Timestamp(str(getattr(getattr(asked, name), edge)), tz="UTC")
            for edge in ("start", "end")
        )
        windows[name] = log[(log["submitted_on"] >= start) & (log["submitted_on"] < end)]
    return json.loads(json.dumps(findings, allow_nan=False)), windows


def parts(counts: Counts, asked: Question) -> dict[str, Any]:
    """What findings.json has of groups, pairs and parts; October's verdict is in `test_whole`."""
    found = {
        "case": asked.case,
        "auc": _auc(analyses.drop(counts, asked)),
        "by": {
            by: [dict(row) for row in analyses.contributions(counts, asked, by).table]
            for by in counts.groupings()
            if by != "all"
        },
        "pairs": _pairs(analyses.pairs(counts, asked)),
        **_mechanism(analyses.mechanism(counts, asked)),
    }
    if asked.case == YEAR:
        found["verdict"] = analyses.verdict(counts, asked).detail["verdict"]
    return dict(plain(found))


def area(rows: pd.DataFrame) -> float | None:
    if rows["outcome"].nunique() < 2:
        return None
    return float(roc_auc_score(rows["outcome"], rows["score"]))


def agree(found: float | None, expected: float | None, bound: float) -> bool:
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) <= bound + 1e-12


def test_both_windows(case: tuple[dict[str, Any], dict[str, pd.DataFrame]]) -> None:
    findings, windows = case
    for name, rows in windows.items():
        auc = findings["auc"][name]
        assert auc["rows"] == len(rows)
        assert agree(auc["value"], area(rows), findings["auc"]["bin_bound"])
        assert auc["low"] < auc["value"] < auc["high"]
    change = findings["auc"]["incident"]["value"] - findings["auc"]["baseline"]["value"]
    assert findings["auc"]["change"]["value"] == pytest.approx(change, abs=1e-12)


def test_every_group(case: tuple[dict[str, Any], dict[str, pd.DataFrame]]) -> None:
    findings, windows = case
    seen = 0
    for by, groups in findings["by"].items():
        assert sum(group["contribution"] for group in groups) == pytest.approx(
            findings["auc"]["change"]["value"], abs=1e-9
        )
        for group in groups:
            for name, rows in windows.items():
                own = rows
                if group["system"] is not None:
                    own = own[own["system"] == group["system"]]
                for column, value in (group["cohort"] or {}).items():
                    text = own[column].astype("object").where(own[column].notna(), "(missing)")
                    own = own[text == value]
                assert group[f"rows_{name}"] == len(own), (by, group["group"])
                assert agree(group[f"auc_{name}"], area(own), group["bin_bound"]), (by, group)
                seen += 1
        for name, rows in windows.items():
            assert sum(group[f"rows_{name}"] for group in groups) == len(rows)
    assert seen > 100


def test_every_pair_of_systems(case: tuple[dict[str, Any], dict[str, pd.DataFrame]]) -> None:
    findings, windows = case
    pairs = findings["pairs"]
    assert len(pairs["system"]) == 4
    for pair in pairs["system"]:
        for name, rows in windows.items():
            positives = rows[(rows["outcome"] == 1) & (rows["system"] == pair["positives_of"])]
            negatives = rows[(rows["outcome"] == 0) & (rows["system"] == pair["negatives_of"])]
            expected = area(pd.concat([positives, negatives]))
            assert agree(pair[f"auc_{name}"], expected, findings["auc"]["bin_bound"])
    total = sum(pair["contribution"] for pair in pairs["system"])
    total += pairs["mix"] + pairs["entered_or_left"]
    assert total == pytest.approx(findings["auc"]["change"]["value"], abs=1e-9)


def test_mechanism_sums(case: tuple[dict[str, Any], dict[str, pd.DataFrame]]) -> None:
    findings, _ = case
    assert sum(findings["mechanism"].values()) == pytest.approx(
        findings["auc"]["change"]["value"], abs=1e-9
    )


@pytest.mark.parametrize("case", [YEAR], indirect=True)
def test_what_is_cleared_is_shown_by_evidence(
    case: tuple[dict[str, Any], dict[str, pd.DataFrame]],
) -> None:
    findings, windows = case
    verdict = findings["verdict"]
    assert verdict["kind"] in ("score_spread", "population_mix")
    assert not verdict["either"]
    assert verdict["cohort"] == {"module_type": "BBB CMA"}
    assert not (windows["incident"]["module_type"] == "BBB CMA").any()
    assert (windows["baseline"]["module_type"] == "BBB CMA").any()
    assert "No row of the incident has module_type BBB CMA" in verdict["sentence"]
    assert verdict["sentence"].startswith("Nothing is broken")
