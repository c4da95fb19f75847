"""Scores that were changed after they had been computed: the history shows in which rows."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from investigate.analyses import verdict
from investigate.analyses.suspects.unfollowed import unfollowed
from investigate.counts.table import Counts
from investigate.log import count
from investigate.question import params
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROWS, DAYS, INCIDENT = 9_000, 60, 40
START = pd.Timestamp("2024-03-01", tz="UTC")


def made(hit: str, flipped: bool = False, seed: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers whose score follows from the last value written, but for the rows of `hit` since.

    System ``a`` serves 17 of 20 rows. Where outcomes are ``flipped``, in region n since.
    """
    r = np.random.default_rng(seed)
    hours = np.arange(-24, DAYS * 24, 6.0)
    writes = pd.DataFrame([
        {"time": START + pd.Timedelta(hours=hour + 0.01 * item), "item": f"i{item}", "system": name}
        for hour in hours for item, name in enumerate(["a"] * 34 + ["b"] * 6)
    ])  # fmt: skip
    level = r.normal(0, 1.2, 40)
    of_item = writes["item"].str[1:].astype(int).to_numpy()
    writes["difficulty"] = level[of_item] + r.normal(0, 0.05, len(writes))
    item = r.integers(0, 40, ROWS)
    log = pd.DataFrame({
        "time": START + pd.to_timedelta(np.sort(r.uniform(0, DAYS, ROWS)), "D"),
        "item": [f"i{n}" for n in item],
        "user": [f"u{n}" for n in r.integers(0, 300, ROWS)],
        "region": r.choice(["n", "s", "w"], ROWS),
    })  # fmt: skip
    users = pd.Series(r.normal(0, 1.2, 300), index=[f"u{n}" for n in range(300)])
    log["ability"] = log["user"].map(users)
    log["time"] = log["time"].astype(writes["time"].dtype)
    writes = writes.sort_values("time", ignore_index=True)
    joined = pd.merge_asof(log, writes, on="time", by="item", allow_exact_matches=False)
    log["system"] = joined["system"]
    log["score"] = 1 / (1 + np.exp(-(log["ability"] - joined["difficulty"])))
    log["outcome"] = (r.random(ROWS) < log["score"]).astype(int)
    now = (log["time"] >= START + pd.Timedelta(days=INCIDENT)).to_numpy()
    column, value = hit.split("=") if hit else ("", "")
    struck = now & (log[column] == value).to_numpy() if hit else np.zeros(ROWS, dtype=bool)
    log.loc[struck, "score"] = r.permutation(log.loc[struck, "score"].to_numpy(copy=True))
    if flipped:
        turned = now & (log["region"] == "n").to_numpy()
        log.loc[turned, "outcome"] = 1 - log.loc[turned, "outcome"]
    return log, writes


def counted(hit: str, flipped: bool = False) -> tuple[Counts, Question]:
    log, writes = made(hit, flipped)
    with TemporaryDirectory() as folder:
        log.to_parquet(Path(folder) / "log.parquet", index=False)
        writes.to_parquet(Path(folder) / "history.parquet", index=False)
        question = params.from_names({
            "case": "changed", "log": f"{folder}/log.parquet",
            "history": f"{folder}/history.parquet",
            "columns": {"time": "time", "outcome": "outcome", "score": "score", "item": "item",
                        "system": "system", "cluster": "user", "ability": "ability"},
            "cohorts": ["region"],
            "baseline": {"start": "2024-03-01", "end": "2024-04-10"},
            "incident": {"start": "2024-04-10", "end": "2024-04-30"},
        })  # fmt: skip
        return count(question), question


def test_what_follows_is_counted_by_group_as_pandas_does() -> None:
    counts, question = counted("region=s")
    log, writes = made("region=s")
    joined = pd.merge_asof(log, writes, on="time", by="item", allow_exact_matches=False)
    implied = 1 / (1 + np.exp(-(log["ability"] - joined["difficulty"])))
    log["follows"] = (implied - log["score"]).abs() <= 1e-3
    since = log[log["time"] >= pd.Timestamp(question.freeze())]
    found = pd.DataFrame(counts.meta["replay"]["coverage"]["followed"])
    assert set(found["by"]) == {"system", "region"}
    for by, label in (("system", "system"), ("region", "cohort")):
        own = found[(found["by"] == by) & (found["stretch"] == 1)].set_index(label)
        expected = since.groupby(by)["follows"].agg(["size", "sum"])
        assert own["checked"].to_dict() == expected["size"].to_dict()
        assert own["following"].to_dict() == expected["sum"].to_dict()


@pytest.mark.parametrize(
    ("hit", "place"),
    [
        ("region=s", ("region", "", "s")),
        ("system=b", ("system", "b", "")),
        # A system that serves nearly all rows is told from everywhere by the rows of the other.
        ("system=a", ("system", "a", "")),
        ("", None),
    ],
)
def test_the_place_is_that_whose_scores_ceased_to_follow(
    hit: str, place: tuple[str, str, str] | None
) -> None:
    found = unfollowed(counted(hit)[0])
    assert (found and (found.by, found.system, found.cohort)) == place


def test_scores_that_ceased_to_follow_everywhere_name_no_place() -> None:
    counts, _ = counted("region=s")
    coverage = counts.meta["replay"]["coverage"]
    for one in coverage["followed"]:
        if one["stretch"] == 1:
            one["following"] = one["checked"] // 2
    assert unfollowed(counts) is None


def test_a_system_of_nearly_all_rows_is_named_with_its_evidence() -> None:
    first = verdict(*counted("system=a")).detail["verdict"]
    assert (first["kind"], first["system"], first["either"]) == ("system_fault", "a", False)
    assert "elsewhere 100%" in first["sentence"]


def test_labels_that_changed_elsewhere_are_a_cause_of_their_own() -> None:
    account = verdict(*counted("system=a", flipped=True)).detail["account"]
    named = {(part["system"], str(part["cohort"])) for part in account[:-1]}
    assert named == {("a", "None"), (None, str({"region": "n"}))}


def test_old_counts_without_the_groups_name_no_place() -> None:
    counts, _ = counted("region=s")
    del counts.meta["replay"]["coverage"]["followed"]
    assert unfollowed(counts) is None


def test_what_a_place_takes_beyond_what_was_left_does_not_hide_it() -> None:
    counts, question = counted("system=a", flipped=True)
    parts = verdict(counts, question).detail["account"]
    change = verdict(counts, question).detail["change"]["value"]
    assert sum(part["points"] for part in parts) == pytest.approx(-change, abs=1e-9)
