import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from placed import DOCUMENT, Place, make_log
from rich.console import Console
from sklearn.metrics import roc_auc_score

from investigate.analyses.replay.refusal import NO_HISTORY
from investigate.cli.answer import check, summarise
from investigate.errors import InputError
from investigate.records.run import Answer

LONG = (
    Path("audit") / "a-rather-long-case-name-that-fills-the-line" / ("20240301T120000Z-" + "a" * 40)
)


def printed(findings: dict[str, Any], **settings: Any) -> str:
    console = Console(file=io.StringIO(), width=60, **settings)
    summarise(Answer(findings, LONG, {"counts": 1.26, "total": 3.0}), console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def row(group: str, contribution: float | None, **ends: float | None) -> dict[str, Any]:
    numbers = {"contribution": contribution, "low": -0.2, "high": -0.1}
    return {"group": group, **numbers, "auc_baseline": 0.8, "auc_incident": None, **ends}


def test_the_answer_in_a_few_lines() -> None:
    findings = {
        **DOCUMENT,
        "onset": {"date": "2024-01-11", "low": "2024-01-10", "high": "2024-01-12"},
        "by": {"system": [row("old", -0.02), row("new", -0.12, auc_incident=0.75), row("x", None)]},
        "excluded_rows": {"no outcome": 1200},
    }  # fmt: skip
    assert printed(findings).splitlines() == [
        "answer   Nothing known explains it: – ∆ 系.",
        "AUC      0.800 [0.700, 0.900] → 0.700 [0.600, 0.800], change −0.100 [−0.200, 0.000]",
        "since    2024-01-11 [2024-01-10, 2024-01-12]",
        "system   −0.120 [−0.200, −0.100]  new: AUC 0.800 → 0.750",
        "         −0.020 [−0.200, −0.100]  old: AUC 0.800 → –",
        "left out 1,200 rows: no outcome",
        f"record   {LONG}",
        "time     counts 1.3 s, total 3.0 s",
    ]


def test_a_long_verdict_is_told_to_its_end() -> None:
    sentence = f"The 0.1 lost have three causes{': and more' * 100}."
    verdict = {**DOCUMENT["verdict"], "sentence": sentence}
    assert f"answer   {sentence}" in printed({**DOCUMENT, "verdict": verdict}).splitlines()


def test_what_is_not_there_is_not_shown() -> None:
    lines = printed({"schema": 1, "onset": None, "by": {}, "excluded_rows": {}}).splitlines()
    assert [line.split()[0] for line in lines] == ["record", "time"]


@pytest.mark.parametrize("named", [True, False])
def test_a_history_that_is_not_replayed_is_told(named: bool) -> None:
    why = "only 77% of the scores follow" if named else f"{NO_HISTORY} (history: in the params)"
    lines = printed({"replay": {"refused": why}}).splitlines()
    expected = [f"history  replay is not possible: {why}"] if named else []
    assert [line for line in lines if line.startswith("history")] == expected


def test_only_the_largest_shares() -> None:
    rows = [row(f"g{k}", -k / 100) for k in range(9)]
    lines = [line for line in printed({"by": {"system": rows}}).splitlines() if ": AUC" in line]
    assert [line.split(":")[0].split()[-1] for line in lines] == ["g8", "g7", "g6", "g5", "g4"]


def test_a_hostile_name_cannot_command_the_terminal() -> None:
    rows = [row("[red]a[/]\x1b[31m\x07\u202eb\nc", -0.1), row("d", 0.0)]
    text = printed({"by": {"system": rows}})
    assert "[red]a[/]" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    # On a terminal the only escapes are those of our own style.
    coloured = printed({"by": {"system": rows}}, force_terminal=True, color_system="standard")
    assert "\x1b[31m" not in coloured


def checked(place: Place, *overrides: str) -> str:
    console = Console(file=io.StringIO(), width=150)
    check(place.folder / "params.yml", overrides, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_clean_log(place: Place) -> None:
    before = place.files()
    printed, windows = checked(place).splitlines()
    assert printed.endswith("params.yml: the question is valid; 400 rows: nothing is odd")
    log = make_log()
    day = pd.to_datetime(log["time"])
    expected = [
        f"{name} {len(rows)} rows, AUC {roc_auc_score(rows['outcome'], rows['score']):.4f}"
        for name, rows in (
            ("baseline", log[day < "2024-01-11"]),
            ("incident", log[day >= "2024-01-11"]),
        )
    ]
    assert windows == "; ".join(expected)
    assert place.files() == before


@pytest.mark.slow
def test_breaches_with_counts_and_examples(place: Place) -> None:
    log = make_log().astype({"outcome": object})
    log.loc[[3, 5], "outcome"] = [None, "[red]maybe\x1b[31m"]
    log = pd.concat([log, log.tail(4)])
    log.to_csv(place.folder / "log.csv", index=False)
    text = checked(place)
    assert "\x1b" not in text
    assert "404 rows: not as expected in 3 ways" in text
    rows = [line for line in text.splitlines() if "│" in line]
    assert any("[red]maybe" in line for line in rows)


@pytest.mark.slow
def test_a_log_that_cannot_be_investigated(place: Place) -> None:
    with pytest.raises(InputError, match="incident"):
        checked(place, "incident.start=2030-01-01", "incident.end=2030-02-01")
    (place.folder / "log.csv").write_bytes(b"")
    with pytest.raises(InputError):
        checked(place)
