"""Findings of real analyses, of many kinds: what updates are approved on."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import injected
import made
import numpy as np
import pandas as pd

from investigate.analyses import answer
from investigate.finding import plain
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.files import contents
from investigate.log import count
from investigate.updates.draft import Draft as Drafted
from investigate.updates.draft import drafted
from investigate.updates.rhythm import Rhythm

APPROVED = Path(__file__).parent / "approved"
ROWS = 12_000
AUDIENCES = ("engineers", "product", "executives")
ALERTED = re.compile(r"(?:(?<=raised on )|(?<=an alert on ))[\d-]+ [\d:]+ UTC")
SOME_TIME = "2024-02-22 08:00 UTC"
"""An entry's time is the clock's."""
READ_KEYS = ("schema", "case", "auc", "onset", "verdict", "suspects")
"""What of findings.json updates read; the rest would be long."""


def findings(case: str, folder: Path) -> dict[str, Any]:
    """Make the log of `case` in `folder`, count it and answer: the analyses as they are."""
    found = CASES[case](folder)
    kept = {key: found[key] for key in READ_KEYS}
    if found["verdict"]["kind"] == "no_drop":
        kept["certificate"] = {k: v for k, v in found["certificate"].items() if k != "groups"}
    return kept


def stored(case: str) -> dict[str, Any]:
    return json.loads((APPROVED / f"{case}.findings.json").read_text("utf-8"))


def _answered(log: pd.DataFrame, folder: Path, **changes: Any) -> dict[str, Any]:
    path = folder / "log.parquet"
    log.to_parquet(path, index=False)
    question = made.question(str(path), **{"case": "checkout-score", **changes})
    return plain(answer(count(question), question).detail["findings"])


def _damaged(damage: str, seed: int = 3, rows: int = ROWS) -> Callable[[Path], dict[str, Any]]:
    return lambda folder: _answered(made.platform(seed, rows, damage), folder)


def _injected(fault: str, owned: bool, rows: int = ROWS) -> Callable[[Path], dict[str, Any]]:
    def make(folder: Path) -> dict[str, Any]:
        injected.write(injected.injected(fault, 41, rows, owned), folder)
        question = injected.question(folder, True, case="checkout-score")
        return plain(answer(count(question), question).detail["findings"])

    return make


def _two_causes(folder: Path) -> dict[str, Any]:
    """Half of the drop is one thing, half another, and neither column tells of it."""
    log = made.platform(3, ROWS)
    now = (log["time"] >= made.START + pd.Timedelta(days=made.BASELINE_DAYS)).to_numpy()
    rng = np.random.default_rng(8)
    blurred = np.clip(log["score"] + rng.normal(0, 0.35, len(log)), 0.001, 0.999)
    log["score"] = np.where(now, blurred, log["score"])
    names = {"time": "time", "outcome": "outcome", "score": "score", "cluster": "student"}
    return _answered(log, folder, columns=names, cohorts=["version"])


def _late(folder: Path) -> dict[str, Any]:
    """The last days' clear-cut outcomes, and many others, are not in yet."""
    log = made.platform(3, 2 * ROWS)
    last = log["time"] >= made.START + pd.Timedelta(days=made.DAYS - 6)
    rng = np.random.default_rng(5)
    clear = (log["score"] - 0.5).abs() > 0.12
    return _answered(log[~(last & (clear | (rng.random(len(log)) < 0.3)))], folder)


# What is unexplained is of an earlier version, whose records updates must read too: today's
# analyses explain that log, `two_causes`.
CASES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "no_drop": _damaged("none"),
    "too_few_rows": _damaged("reset", rows=250),
    "population_mix": _damaged("mix"),
    "score_spread": _damaged("spread", rows=40_000),
    "system_fault": _damaged("scrambled"),
    "system_interaction": _injected("both_scrambled", False),
    "system_fault_in_a_cohort": _injected("scrambled_cohort", True),
    "system_misalignment": _damaged("misaligned"),
    "outcome_fault": _injected("labels_cohort", True, 40_000),
    "outcomes_or_scores": _damaged("labels"),
    "missing_input": _damaged("missing_input"),
    "duplicate_rows": _damaged("duplicates"),
    "late_outcomes": _late,
    "two_causes": _two_causes,
    "unexplained": lambda _: stored("unexplained"),
}

WINDOWS = {
    "baseline": {"start": "2024-01-01", "end": "2024-02-10"},
    "incident": {"start": "2024-02-10", "end": "2024-02-22"},
}
LATER = {**WINDOWS, "incident": {"start": "2024-02-26", "end": "2024-03-09"}}


def record(
    case: Path,
    name: str,
    found: dict[str, Any] | None,
    *,
    status: str = "succeeded",
    error: str | None = None,
    windows: dict[str, Any] = WINDOWS,
    entered: bool = True,
) -> Path:
    """A record as a run leaves it, as far as updates read it, entered in the ledger."""
    folder = case / name
    folder.mkdir(parents=True)
    stamp = datetime.strptime(name.split("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    document = {
        "status": status,
        "error": error,
        "parameters": {**windows, "thresholds": {"confidence": 0.95}, "timezone": "UTC"},
        "started": stamp.isoformat(),
        "finished": None if status == "running" else (stamp + timedelta(minutes=1)).isoformat(),
    }
    (folder / "record.json").write_text(json.dumps(document), encoding="utf-8")
    if found is not None:
        text = json.dumps(found, ensure_ascii=False)
        (folder / "findings.json").write_text(text, encoding="utf-8")
    if entered:
        append(case, EntryDraft("run", name, contents(case, name).files, {"status": status}))
    return folder


AT = datetime(2024, 2, 22, 9, tzinfo=UTC)
FIRST, SECOND = "20240222T081500Z-aaaaaa", "20240310T081500Z-bbbbbb"
ON_ALL: dict[str, Any] = {
    "alert": "1", "measure": "auc", "stream": "all", "why": "chart", "since": "2024-02-09",
    "day": "2024-02-11", "value": 0.612, "low": 0.58, "high": 0.644, "expected": 0.741,
    "joined": False,
}  # fmt: skip
IN_A_GROUP = {**ON_ALL, "alert": "2", "stream": "country: DE", "value": 0.497, "low": 0.42}
LIMIT = {
    **ON_ALL, "alert": "3", "measure": "missing scores", "why": "fixed limit", "value": 0.213,
    "low": 0.2, "high": 0.226, "expected": 0.05,
}  # fmt: skip
ROWS_FELL = {
    **ON_ALL, "alert": "4", "measure": "rows", "value": 10.0, "low": 4.6, "high": 19.1,
    "expected": 1204.2,
}  # fmt: skip
OVER = {
    "day": "2024-03-08", "back": "2024-03-05", "withdrawn": False, "value": 0.738,
    "expected": 0.741,
}  # fmt: skip
ALERTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "alert": [("alert", {})],
    "alert_on_auc": [("alert", ON_ALL), ("alert", IN_A_GROUP), ("alert", LIMIT)],
    "alert_in_a_group": [("alert", IN_A_GROUP)],
    "alert_on_a_limit": [("alert", LIMIT)],
    "alert_on_rows": [("alert", ROWS_FELL)],
    "alert_over": [("alert", ON_ALL), ("alert-end", {**OVER, "alert": "1"})],
    "alert_withdrawn": [
        ("alert", ON_ALL), ("alert-end", {**OVER, "alert": "1", "withdrawn": True, "back": None}),
    ],
    "back_inside_its_bounds": [
        ("alert", ON_ALL), ("alert", LIMIT), ("alert-end", {**OVER, "alert": "1"}),
        ("alert-end", {**OVER, "alert": "3", "value": 0.001, "expected": 0.05}),
    ],
    "still_open": [
        ("alert", ON_ALL), ("alert", IN_A_GROUP), ("alert-end", {**OVER, "alert": "1"}),
    ],
}  # fmt: skip
"""What a monitor has entered: cases that nobody has investigated."""
ENDS = ("back_inside_its_bounds", "still_open")
"""Of these, updates that tell of recovery."""
SITUATIONS = ("only_since", "failed_run", "running", *ALERTS, "resolved", "not_resolved")
"""Cases without a finding of their own, and the ends of one."""


def approved(folder: Path, which: str, audience: str) -> Drafted:
    """The draft of the approved example `which`, made in an empty folder."""
    case, more = folder / "checkout-score", dict[str, Any]()
    if which in CASES:
        record(case, FIRST, stored(which))
    elif which == "only_since":
        more["since"] = "2024-02-10"
    elif which == "failed_run":
        record(case, FIRST, None, status="failed", error="3_which_systems.ipynb: out of memory")
    elif which == "running":
        record(case, FIRST, None, status="running", entered=False)
    elif which in ALERTS:
        for kind, body in ALERTS[which]:
            append(case_folder(case), EntryDraft(kind, None, {}, body))
        if which in ENDS:
            more["resolved"] = case
    else:
        record(case, FIRST, stored("system_fault"))
        end = stored("no_drop" if which == "resolved" else "missing_input")
        more["resolved"] = record(case, SECOND, end, windows=LATER)
    return drafted(case, audience, at=AT, rhythm=Rhythm(), **more)


def case_folder(case: Path) -> Path:
    case.mkdir(parents=True, exist_ok=True)
    return case


if __name__ == "__main__":
    # Approve new text: `python -m updates.cases` in tests/; with --findings and names, or with
    # none for all, analyse anew too.
    named = [case for case in CASES if case in sys.argv] or list(CASES)
    for case_name in named if "--findings" in sys.argv else ():
        with TemporaryDirectory() as made_in:
            text = json.dumps(findings(case_name, Path(made_in)), indent=1, ensure_ascii=False)
            (APPROVED / f"{case_name}.findings.json").write_text(text + "\n", encoding="utf-8")
    for case_name in (*CASES, *SITUATIONS):
        for whom in AUDIENCES:
            with TemporaryDirectory() as made_in:
                text = approved(Path(made_in), case_name, whom).text
                text = ALERTED.sub(SOME_TIME, text)
                (APPROVED / f"{case_name}.{whom}.md").write_text(text, encoding="utf-8")
