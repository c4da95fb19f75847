import io

import pandas as pd
import pytest
from placed import Place, make_log
from rich.console import Console
from sklearn.metrics import roc_auc_score

from investigate.errors import InputError
from investigate.records.check import check


def checked(place: Place, *overrides: str) -> str:
    console = Console(file=io.StringIO(), width=150)
    check(place.folder / "params.yml", overrides, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_clean_log(place: Place) -> None:
    before = place.files()
    stands, windows = checked(place).splitlines()
    assert stands.endswith("params.yml: the question stands; 400 rows: the contract holds")
    log = make_log()
    day = pd.to_datetime(log["time"])
    told = [
        f"{name} {len(rows)} rows, AUC {roc_auc_score(rows['outcome'], rows['score']):.4f}"
        for name, rows in (
            ("baseline", log[day < "2024-01-11"]),
            ("incident", log[day >= "2024-01-11"]),
        )
    ]
    assert windows == "; ".join(told)
    assert place.files() == before


def test_breaches_with_counts_and_examples(place: Place) -> None:
    log = make_log().astype({"outcome": object})
    log.loc[[3, 5], "outcome"] = [None, "[red]maybe\x1b[31m"]
    log = pd.concat([log, log.tail(4)])
    log.to_csv(place.folder / "log.csv", index=False)
    text = checked(place)
    assert "\x1b" not in text
    assert "404 rows: 3 kinds of breach" in text
    rows = [line for line in text.splitlines() if "│" in line]
    assert any("[red]maybe" in line for line in rows)


def test_a_log_that_cannot_be_investigated(place: Place) -> None:
    with pytest.raises(InputError, match="incident"):
        checked(place, "incident.start=2030-01-01", "incident.end=2030-02-01")
    (place.folder / "log.csv").write_bytes(b"")
    with pytest.raises(InputError):
        checked(place)
