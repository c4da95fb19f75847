"""The OULAD answers against plain pandas and scikit-learn, written apart from the kit."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate import analyses
from investigate.log import count
from investigate.question import params

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
CASES = ("oulad-october", "oulad-year")


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """findings.json of a case, and its two windows cut from the log by pandas."""
    # Every group as the log has it: one with fewer rows would not be shown alone.
    alone = ["thresholds.smallest_group=1"]
    asked = params.load(ROOT / "params" / f"{request.param}.yml", alone)
    findings = analyses.answer(count(asked), asked).detail["findings"]
    log = pd.read_parquet(ROOT / "data" / "oulad" / "log.parquet")
    windows = {}
    for name in ("baseline", "incident"):
        start, end = (
            pd.Timestamp(str(getattr(getattr(asked, name), edge)), tz="UTC")
            for edge in ("start", "end")
        )
        windows[name] = log[(log["submitted_on"] >= start) & (log["submitted_on"] < end)]
    return json.loads(json.dumps(findings, allow_nan=False)), windows


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


def test_what_is_cleared_is_shown_by_evidence_and_the_rest_is_not(
    case: tuple[dict[str, Any], dict[str, pd.DataFrame]],
) -> None:
    findings, windows = case
    verdict = findings["verdict"]
    assert verdict["kind"] in ("score_spread", "population_mix")
    (column, value), *_ = verdict["cohort"].items()
    share = {name: (rows[column] == value).mean() for name, rows in windows.items()}
    told = f"{share['incident']:.0%} of the incident's rows"
    if not share["incident"]:
        told = f"No row of the incident has {column} {value}"
    assert told in verdict["sentence"]
    if findings["case"] == "oulad-october":
        # New students: most answers come from people with fewer than five before.
        assert (column, value) == ("earlier_answers", "00-04")
        assert share["incident"] > 0.9 > 0.5 > share["baseline"]
        # Assessments are alike, which clears the spread; what students know is not all known.
        assert verdict["either"]
        assert "by items the rows became more alike" in verdict["sentence"]
        assert "Nothing is broken" not in verdict["sentence"]
        assert (
            alike(windows["incident"], "id_assessment")
            < alike(windows["baseline"], "id_assessment") / 2
        )
        lost = -findings["mechanism"]["validity"]
        assert f"{lost:.3f}" in verdict["sentence"]
        assert lost > 0.01
    else:
        assert (column, value) == ("module_type", "BBB CMA")
        assert share["incident"] == 0.0
        assert not verdict["either"]
        assert verdict["sentence"].startswith("Nothing is broken")


def alike(rows: pd.DataFrame, by: str) -> float:
    """The covariance of two outcomes of one group, over all pairs of its rows."""
    centred = rows["outcome"] - rows["outcome"].mean()
    sums = centred.groupby(rows[by]).agg(["sum", "size"])
    squares = (centred**2).groupby(rows[by]).sum()
    pairs = (sums["size"] * (sums["size"] - 1)).sum()
    return float((sums["sum"] ** 2 - squares).sum() / pairs)
