"""What a monitor prints, whatever the log calls its groups."""

import io
from collections.abc import Sequence
from pathlib import Path

import alerted
import pandas as pd
import pytest
from alerted import alert, day
from rich.console import Console
from watched import PAYLOADS

from investigate.cli.monitor import MOST_LINES, show
from investigate.monitor.alerts import Alert
from investigate.monitor.ingest import ChangedBucket, Ingested
from investigate.monitor.judging import Judged
from investigate.monitor.round import Round

CASE = "made-2024-02-10"
NOTHING_LATE = pd.DataFrame({"start": pd.DatetimeIndex([], tz="UTC"), "late": []})


def judged(*streams: tuple[str, str, str], until: int = 45, value: float = 0.6) -> Judged:
    rows = [
        {"start": pd.Timestamp(day(n)), "measure": measure, "by": by, "label": label,
         "value": value, "low": 0.55, "high": 0.65, "expected": 0.75, "lowest": 0.7,
         "highest": 0.8, "season": 0.0}
        for n in range(until)
        for measure, by, label in streams
    ]  # fmt: skip
    return Judged(pd.DataFrame(rows), ())


def printed(
    what: Judged, *alerts: Alert, late: pd.DataFrame = NOTHING_LATE, changed: Sequence[int] = ()
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=120, force_terminal=False)
    now = tuple(ChangedBucket(day(n), 1, 2) for n in changed)
    taken = Ingested(("a", "b"), 1234, 0, now, ())
    show(console, Round(alerted.watch(), taken, what, list(alerts), late), Path("audit"))
    return file.getvalue()


def test_nothing_is_judged_before_the_baseline_is_over() -> None:
    for what in (Judged(pd.DataFrame(), ()), judged(("AUC", "all", "all"), until=30)):
        assert printed(what) == (
            "made: 1,234 rows read, from 2 new or changed parts of the log\n"
            "nothing is judged yet: the baseline is not over\n"
        )


def test_the_newest_bucket_and_no_alert() -> None:
    text = printed(judged(("AUC", "all", "all"), ("AUC", "land", "DE"), ("AUC", "system", "a")))
    assert "2024-02-14" in text
    assert "AUC, system: a" in text
    assert "AUC, 1 more groups" in text
    assert text.endswith("no alert is open\n")


@pytest.mark.parametrize(
    ("measure", "season", "words"),
    [("AUC", -0.02, "−0.020"), ("rows", 120.4, "+120"), ("base rate", -0.0121, "−1.2%")],
)
def test_what_is_of_the_time_of_year_has_the_unit_of_its_bounds(
    measure: str, season: float, words: str
) -> None:
    what = judged((measure, "all", "all"))
    what.shown["season"] = season
    assert f"(time of year: {words})" in " ".join(printed(what).split())


def test_an_open_alert_says_how_to_go_on_until_it_was_investigated() -> None:
    one = alert(1, 40, case=CASE, opens=True)
    text = printed(judged(("AUC", "all", "all")), one)
    assert f"alert, case audit/{CASE}:\n  AUC of all rows fell from 0.750 to 0.600" in text
    assert f"  find out why: investigate run audit/{CASE}/alerts/1.yml\n" in text
    assert "no alert is open" not in text
    one.investigated = True
    assert "find out why" not in printed(judged(("AUC", "all", "all")), one)


def test_a_case_is_shown_as_long_as_anything_in_it_is_open() -> None:
    opens = alert(1, 40, 44, case=CASE, opens=True)
    joined = alert(2, 41, by="land", label="DE", case=CASE)
    text = printed(judged(("AUC", "all", "all"), ("AUC", "land", "DE")), opens, joined)
    assert f"alert, case audit/{CASE}:\n  AUC of land: DE fell" in text
    assert "over: AUC of all rows fell" in text
    assert "1 in alert" in text


def test_what_is_over_is_listed_up_to_a_point() -> None:
    past = [alert(n, 36 + n / 4, 37 + n / 4) for n in range(1, MOST_LINES + 4)]
    text = printed(judged(("AUC", "all", "all")), *past)
    assert text.count("\nover: AUC") == MOST_LINES
    assert "over: 3 more before these" in text


def test_what_was_over_a_while_ago_is_one_line() -> None:
    text = printed(judged(("AUC", "all", "all")), alert(1, 31, 33), alert(2, 34, 36))
    assert "\nover: 2 before\n" in text
    text = printed(judged(("AUC", "all", "all")), alert(1, 31, 33), alert(2, 38, 40))
    assert text.count("\nover: AUC") == 1
    assert "\nover: 1 more before these\n" in text


def test_late_rows_are_told_up_to_a_point() -> None:
    late = pd.DataFrame(
        {"start": [pd.Timestamp(day(n)) for n in range(30, 44)], "late": [1200, -3] * 7}
    )
    text = printed(judged(("AUC", "all", "all")), late=late, changed=range(32, 40))
    assert "late rows for 2 buckets before these" in text
    assert "+1,200 rows for 2024-02-12 since it was judged" in text
    assert "-3 rows for 2024-02-13 since it was judged" in text
    assert "2024-01-31 since" not in text


def test_rows_that_came_late_a_while_ago_are_one_line() -> None:
    late = pd.DataFrame({"start": [pd.Timestamp(day(n)) for n in (31, 33, 40)], "late": [1, 2, 3]})
    text = printed(judged(("AUC", "all", "all")), late=late, changed=[33])
    assert "late rows for 1 bucket before these" in text
    assert "+2 rows for 2024-02-03" in text
    assert "+3 rows for 2024-02-10" in text
    assert "late rows for 2 buckets that were judged" in printed(
        judged(("AUC", "all", "all")), late=late[:2]
    )


def test_a_bucket_without_a_value() -> None:
    assert "no value" in printed(judged(("AUC", "all", "all"), value=float("nan")))


@pytest.mark.parametrize(
    "label", [*PAYLOADS, "[red]x[/red]", "[/]", "a\nno alert is open", "\x1b[2J\x07", "\u202ex"]
)
def test_a_hostile_label_is_text_in_its_line(label: str) -> None:
    def lines(name: str) -> list[str]:
        one = alert(1, 40, by="system", label=name, case=CASE, opens=True)
        return printed(judged(("AUC", "system", name)), one).split("\n")

    found = lines(label)
    assert all(line.isprintable() for line in found)
    assert "no alert is open" not in found
    raised = [line for line in found if line.startswith("  AUC of system: ")]
    assert len(raised) == 1
    first = label.splitlines()[0][:50]
    assert "".join(c if c.isprintable() else "\ufffd" for c in first) in raised[0]
