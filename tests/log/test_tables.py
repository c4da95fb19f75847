from pathlib import Path

import messy
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.counts.table import OTHER, SCOPE
from investigate.log import count
from investigate.log.sums import summed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("rows", [0, 1, 5_000])
def test_sums_equal_those_of_pandas(rows: int) -> None:
    rng = np.random.default_rng(rows)
    frame = pd.DataFrame(
        {
            "a": rng.integers(-3, 4, rows).astype("int8"),
            "t": pd.to_datetime(rng.integers(0, 5, rows), unit="D"),
            "s": pd.array(rng.choice(["é", "z", "Z", ""], rows), dtype="str"),
            "n": rng.integers(0, 100, rows).astype("int16"),
        }
    )
    expected = frame.groupby(["s", "t", "a"], as_index=False)["n"].sum()
    expected = expected.astype({"a": "int64", "n": "int64"})
    pd.testing.assert_frame_equal(summed(frame, ["s", "t", "a"], ["n"]), expected)


def test_merged_groups_are_merged_everywhere(tmp_path: Path) -> None:
    frame = messy.frame(1, rows=1_200, clean=True)
    # Numbers of which there are too many would be cut into bands.
    frame["time"] = "t" + frame["time"]
    frame.to_parquet(tmp_path / "log.parquet")
    question = messy.question(tmp_path / "log.parquet", thresholds={"max_groups": 2})
    counts = count(question)
    assert counts.meta["merged"] == {"system": 1, "window": 2, "time": 1}
    time = frame[messy.NAMES["time"]]
    inside = frame[(time >= "2024-03-01") & (time < "2024-04-10")]
    for name in (messy.NAMES["system"], *messy.COHORTS):
        sizes = inside[name].value_counts().rename_axis("name").reset_index()
        kept = sizes.sort_values(["count", "name"], ascending=[False, True])["name"][:2]
        frame[name] = frame[name].where(frame[name].isin(kept), OTHER)
    expected = plain.count(frame, question)
    for name in ("slices", "items"):
        ours, theirs = getattr(counts, name), getattr(expected, name)
        keys = [*SCOPE, *(set(ours) & {"item", "window", "half", "fold", "bin"})]
        sides = [side.sort_values(keys, ignore_index=True) for side in (ours, theirs[list(ours)])]
        pd.testing.assert_frame_equal(*sides, check_dtype=False)
    assert set(counts.timeline["system"]) == {"", *frame[messy.NAMES["system"]]}


@pytest.mark.slow
def test_small_cells_are_together_and_sums_hold(tmp_path: Path) -> None:
    frame = messy.frame(3, rows=900, clean=True)
    frame.to_parquet(tmp_path / "log.parquet")
    log = tmp_path / "log.parquet"
    whole = count(messy.question(log))
    least = 60
    shown = count(messy.question(log, thresholds={"smallest_group": least}))
    for by in shown.groupings():
        sides = [counts.slices[counts.slices["by"] == by] for counts in (whole, shown)]
        key, both = ["window", "fold", "bin"], ["positives", "negatives"]
        pd.testing.assert_frame_equal(*(side.groupby(key)[both].sum() for side in sides))
        before, after = (
            side.assign(rows=side[both].sum(axis=1)).groupby(["system", "cohort"])["rows"].sum()
            for side in sides
        )
        assert (after >= least).all()
        merged = [key for key in after.index if OTHER in key or key[1].endswith("and others")]
        kept = after.drop(merged)
        pd.testing.assert_series_equal(kept, before.loc[kept.index])
        facts = shown.facts[shown.facts["by"] == by].groupby(["system", "cohort"])["rows"].sum()
        pd.testing.assert_series_equal(facts, after)
    cells = shown.crossed.assign(rows=shown.crossed["positives"] + shown.crossed["negatives"])
    sizes = cells.groupby(["first", "second", "cohort", "other"])["rows"].sum()
    assert (sizes >= least).all()
    per_pair = sizes.groupby(["first", "second"]).sum()
    assert (per_pair == shown.facts[shown.facts["by"] == "all"]["rows"].sum()).all()
    assert set(shown.slices["cohort"]) - set(whole.slices["cohort"])
    assert not shown.slices.duplicated([*SCOPE, "window", "fold", "bin"]).any()


def test_every_table_is_in_order(tmp_path: Path) -> None:
    messy.frame(2, rows=600).to_parquet(tmp_path / "log.parquet")
    counts = count(messy.question(tmp_path / "log.parquet"))
    for name, keys in {
        "slices": [*SCOPE[1:], "window", "fold", "bin"],
        "facts": [*SCOPE[1:], "window"],
        "items": [*SCOPE[1:], "item", "window", "half"],
    }.items():
        table = getattr(counts, name)
        assert not table.duplicated([*SCOPE, *keys]).any()
        for _, part in table.groupby("by", sort=False):
            pd.testing.assert_frame_equal(part, part.sort_values(keys))
