"""The watch: read from YAML, or refused in one line."""

from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.monitor.watch import load

LEAST = """
watch: score
log: log.parquet
columns: {time: t, outcome: y, score: s}
baseline: {start: 2024-01-01, end: 2024-02-01}
"""


def written(folder: Path, more: str = "", least: str = LEAST) -> Path:
    (folder / "w.yml").write_text(least + more)
    return folder / "w.yml"


def refused(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        load(path)
    assert "\n" not in str(raised.value)
    return str(raised.value).removeprefix(f"{path}: ")


def test_the_least_that_a_watch_needs(tmp_path: Path) -> None:
    watch = load(written(tmp_path))
    assert watch.state_file == Path("watch/score.duckdb")
    assert (watch.every, watch.most_groups, watch.send) == ("day", 12, ())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("send: no", "send: expected a list of environment variables such as [OPS_HOOK]; leave"),
        ("send: HOOK", "send: expected a list of environment variables such as [HOOK]; leave"),
        ("send: [no]", "send.0: expected text, got false; put it in quotes"),
        (
            "history: {log: a, columns: {iem: x}}",
            "history.columns.iem: unknown key; known are time, item",
        ),
        ("history: {log: {url: a, tabel: b}}", "history.log.tabel: unknown key; known are url, "),
        ("limits: {auk: 1}", "limits.auk: unknown key; known are auc, missing_scores"),
        ("cohorts: [a, a]", "cohorts: 'a' is listed twice"),
        ("timezone: Nowhere", "timezone: 'Nowhere' is no time zone; write one such as UTC"),
        (
            "outcomes: {log: o, columns: {key: id, outcome: y, observed_at: t}, as_of: 2024-01-01}",
            "outcomes.as_of: a monitor runs as of now, or of --at; leave as_of out",
        ),
        (
            "outcomes: {log: o.csv, columns: {key: id, outcome: z}}",
            "columns.outcome: outcomes.columns.outcome is 'z'; leave this one out",
        ),
        ("limits: {missing_scores: 5 percent}", "limits.missing_scores: "),
        ("every: week", "every: Input should be 'day' or 'hour'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, more: str, message: str) -> None:
    assert refused(written(tmp_path, more)).startswith(message)


def test_weights_are_refused_and_shares_may_be_per_cent(tmp_path: Path) -> None:
    weighted = LEAST.replace("score: s", "score: s, weight: w")
    message = (
        "columns.weight: a monitor counts rows alike; leave weight out, and add it to the quest"
    )
    assert refused(written(tmp_path, least=weighted)).startswith(message)
    more = "limits: {missing_scores: 7.5%}\nthresholds: {unreadable: '20 %'}"
    watch = load(written(tmp_path, more))
    assert (watch.limits.missing_scores, watch.thresholds.unreadable) == (0.075, 0.2)


def test_what_is_wrong_with_its_baseline(tmp_path: Path) -> None:
    swapped = LEAST.replace("end: 2024-02-01", "end: 2023-02-01")
    assert refused(written(tmp_path, least=swapped)).startswith("baseline: it is empty; its end")
    far = LEAST.replace("end: 2024-02-01", "end: 9999-12-31")
    assert refused(written(tmp_path, least=far)) == "baseline: it leaves the years 1 to 9999"
    nothing = LEAST.replace("watch: score", "")
    assert refused(written(tmp_path, least=nothing)) == "watch: it is missing; add it"
    two = LEAST.replace("watch: score", "watch: a/b")
    assert refused(written(tmp_path, least=two)).startswith("watch: 'a/b' cannot name a folder; ")
