"""The page in a real browser, used by mouse and keyboard; its numbers are the library's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from explored import Explored, counts_between, example, expected
from sklearn.metrics import roc_auc_score
from watched import PAYLOADS

import investigate
from investigate import analyses, log
from investigate.analyses import whole as windows
from investigate.log import by_step

pytestmark = pytest.mark.slow

Show = Callable[..., Explored]
EXACT = {"abs": 1e-9}


def same(shown: dict[str, Any], known: dict[str, Any]) -> None:
    for part, numbers in known.items():
        assert shown[part] == pytest.approx(numbers, **EXACT, nan_ok=True), part


def test_it_begins_with_the_numbers_of_the_question(
    shown: Show, found: investigate.Investigation
) -> None:
    page = shown(found)
    same(page.numbers(), expected(found, "system"))
    assert page.page.inner_text("#headline").startswith("AUC fell from 0.833 to 0.7")
    assert "Every distinct score is counted on its own" in page.page.inner_text("#bound")
    page.page.select_option("#by", "country")
    same(page.numbers(), expected(found, "country"))


DRAGS = {
    "Baseline end": -160,
    "Incident start": 60,
    "Incident, the whole window": -60,
    "Baseline, the whole window": -90,
    "Incident end": -95,
    "Baseline start": 120,
}


def area(start: str, end: str) -> float:
    """AUC of the example's log between two days, by scikit-learn."""
    log = investigate.example_log()
    rows = log[(log["time"] >= start) & (log["time"] < end)]
    return float(roc_auc_score(rows["outcome"], rows["score"]))


def test_windows_are_dragged_and_the_numbers_follow(
    shown: Show, found: investigate.Investigation
) -> None:
    page = shown(found)
    # Room to move in: the question's windows fill the whole log.
    page.drag("Incident end", -150)
    page.drag("Baseline start", 150)
    for grip, pixels in DRAGS.items():
        before = page.windows()
        page.drag(grip, pixels)
        after, levels = page.windows(), page.numbers()["levels"]
        name = grip.split()[0].strip(",").lower()
        other = {"baseline": "incident", "incident": "baseline"}[name]
        assert after[name] != before[name], grip
        assert after[other] == before[other], grip
        if "whole" in grip:
            spans = [np.diff(pd.to_datetime(one[name])) for one in (before, after)]
            assert spans[0] == spans[1]
        for window, days in after.items():
            assert levels[window] == pytest.approx(area(*days), **EXACT), grip
    same(page.numbers(), expected(page.asks(found), "system"))


def test_windows_are_moved_by_the_keyboard(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found)
    keys = page.hand.keyboard
    page.grip("Incident end").focus()
    for key in ("ArrowLeft", "ArrowLeft", "PageDown", "ArrowRight"):
        keys.press(key)
    assert page.windows()["incident"] == ("2024-01-29", "2024-02-04")
    page.grip("Incident, the whole window").focus()
    keys.press("Shift+ArrowRight")
    assert page.windows()["incident"] == ("2024-02-05", "2024-02-11")
    page.grip("Baseline start").focus()
    keys.press("End")
    assert page.windows()["baseline"] == ("2024-01-28", "2024-01-29")
    keys.press("Home")
    keys.press("ArrowUp")
    assert page.windows()["baseline"] == ("2024-01-02", "2024-01-29")
    value_text = page.grip("Baseline start").get_attribute("aria-valuetext")
    assert value_text == "2 Jan 2024"
    same(page.numbers(), expected(page.asks(found), "system"))


def test_windows_are_typed_and_never_overlap(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found)
    page.type_date("baseline-end", "2024-01-20")
    page.type_date("incident-start", "2024-02-01")
    assert page.windows() == {
        "baseline": ("2024-01-01", "2024-01-20"),
        "incident": ("2024-02-01", "2024-02-12"),
    }
    same(page.numbers(), expected(page.asks(found), "system"))
    # What meets the other window pushes its edge, and stops a day before its end.
    page.type_date("baseline-end", "2024-02-12")
    assert page.windows() == {
        "baseline": ("2024-01-01", "2024-02-11"),
        "incident": ("2024-02-11", "2024-02-12"),
    }
    page.type_date("baseline-start", "1999-01-01")
    assert page.windows()["baseline"] == ("2024-01-01", "2024-02-11")
    page.grip("Incident start").focus()
    page.hand.keyboard.press("Home")
    assert page.windows() == {
        "baseline": ("2024-01-01", "2024-01-02"),
        "incident": ("2024-01-02", "2024-02-12"),
    }
    page.page.get_by_role("button", name="Back to the question").click()
    same(page.numbers(), expected(found, "system"))


def test_bars_are_opened_and_left_by_mouse_and_keyboard(
    shown: Show, found: investigate.Investigation
) -> None:
    page = shown(found)
    page.drag("Incident start", 100)
    page.drag("Baseline start", 60)

    page.bar("rules").click()
    moved = page.asks(found)
    rules = moved.where(system="rules")
    assert page.page.inner_text("#by-title") == "By country"
    same(page.numbers(), expected(rules, "country"))
    page.bar("FR").press("Enter")
    same(page.numbers(), {"levels": expected(rules.where(country="FR"), "system")["levels"]})
    assert page.page.locator("#by-group button").count() == 0
    page.page.get_by_role("button", name="Leave system: rules").press("Enter")
    same(page.numbers(), expected(moved.where(country="FR"), "system"))
    page.page.get_by_role("button", name="Leave country: FR").click()
    same(page.numbers(), expected(moved, "country"))


def test_tips_tell_rows_auc_and_interval(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found)
    page.bar("rules").hover()
    tip = page.page.inner_text("#tip")
    row = found.contributions("system").to_frame(full=True).set_index("group").loc["rules"]
    assert f"AUC {row['auc_incident']:.3f} [" in tip
    assert f"n = {row['rows_incident']:,}" in tip
    page.page.locator("#timeline").scroll_into_view_if_needed()
    chart = page.page.locator("#timeline svg").bounding_box()
    assert chart is not None
    page.hand.mouse.move(chart["x"] + chart["width"] / 2, chart["y"] + 200, steps=4)
    tip = page.page.inner_text("#tip")
    day = pd.Timestamp(tip.splitlines()[0])
    rows = pd.to_datetime(investigate.example_log()["time"]).dt.normalize().eq(day).sum()
    assert tip.endswith(f"n = {rows}")
    page.hand.keyboard.press("Escape")
    assert page.page.locator("#tip").is_hidden()


def test_the_code_gives_the_same_numbers(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found)
    page.drag("Incident end", -120)
    page.bar("rules").click()
    names: dict[str, Any] = {"found": found}
    page.page.get_by_text("The same in Python").click()
    exec(page.page.inner_text("#code"), names)
    numbers = page.numbers()
    drop, table = names["drop"], names["contributions"].to_frame(full=True)
    assert numbers["levels"]["change"] == pytest.approx(drop.numbers["change"].value, **EXACT)
    known = dict(zip(table["group"], table["contribution"], strict=True))
    assert numbers["groups"] == pytest.approx(known, **EXACT)
    parts = {name: names["mechanism"].numbers[name].value for name in numbers["parts"]}
    assert numbers["parts"] == pytest.approx(parts, **EXACT)
    assert names["account"].name == "account"


def test_the_account_is_that_of_the_question_and_says_so(
    shown: Show, found: investigate.Investigation
) -> None:
    page = shown(found, account=True, permissions=["clipboard-read", "clipboard-write"])
    known = found.account()
    own = [-row["points"] for row in known.table]
    ask = page.page.get_by_role("button", name="Copy code that asks for these windows")

    def parts() -> list[float]:
        marks = page.page.locator("#by-cause [data-name=cause]")
        return [float(one.get_attribute("data-value") or "nan") for one in marks.all()]

    assert parts() == pytest.approx(own, **EXACT)
    assert sum(parts()) == pytest.approx(page.numbers()["levels"]["change"], **EXACT)
    assert page.page.inner_text("#claim") == known.claim
    assert ask.is_hidden()
    page.drag("Incident end", -120)
    text = page.page.inner_text("#account-of")
    assert "(1 Jan 2024 to 28 Jan 2024, against 29 Jan 2024 to 11 Feb 2024)" in text
    assert "not of what is shown above" in text
    assert parts() == pytest.approx(own, **EXACT)
    ask.click()
    page.page.locator("#status:not(:empty)").wait_for(state="attached")
    names: dict[str, Any] = {"found": found}
    exec(page.page.evaluate("navigator.clipboard.readText()"), names)
    change = names["account"].numbers["change"].value
    assert page.numbers()["levels"]["change"] == pytest.approx(change, **EXACT)
    page.page.get_by_role("button", name="Back to the question's windows").click()
    assert ask.is_hidden()
    page.bar("rules").click()
    assert ask.is_visible()


def test_the_code_is_copied(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found, permissions=["clipboard-read", "clipboard-write"])
    page.page.get_by_role("button", name="Copy as code").click()
    page.page.locator("#status:not(:empty)").wait_for(state="attached")
    assert page.page.inner_text("#status") == "The code was copied."
    assert page.page.evaluate("navigator.clipboard.readText()").startswith("import investigate\n")


def test_the_saved_question_asks_the_same(
    shown: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    investigate.example_log().to_parquet("log.parquet")
    found = example(log="log.parquet")
    page = shown(found)
    page.drag("Baseline start", 140)
    page.bar("rules").click()
    page.bar("DE").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Save as question").click()
    download.value.save_as("saved.yml")
    saved = investigate.open("saved.yml")
    assert dict(saved.question.where) == {"system": ("rules",), "country": ("DE",)}
    same(page.numbers(), {"levels": expected(saved, "system")["levels"]})


def test_small_groups_are_counted_together_as_the_library_does(shown: Show) -> None:
    rows = investigate.example_log()
    rng = np.random.default_rng(1)
    shares = [0.97, 0.028, 0.0009, 0.0007, 0.0004]
    rows["country"] = rng.choice(["DE", "FR", "PL", "a", "b"], len(rows), p=shares)
    rows.loc[::50, "country"] = None
    found = example(log=rows)
    page = shown(found)
    page.page.select_option("#by", "country")
    same(page.numbers(), expected(found, "country"))
    assert any("other" in name for name in page.numbers()["groups"])
    page.drag("Incident end", -190)
    page.drag("Baseline start", 500)
    same(page.numbers(), expected(page.asks(found), "country"))


def test_bins_of_several_scores_give_what_the_library_makes_of_them(
    shown: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_step, "MOST_CELLS", 2_000)
    found = example(cluster=None)
    page = shown(found)
    page.drag("Incident end", -150)
    page.drag("Baseline start", 90)
    days = {name: pd.to_datetime(list(span)) for name, span in page.windows().items()}
    spans = {name: tuple((own - pd.Timestamp("2024-01-01")).days) for name, own in days.items()}
    binned = counts_between(log.by_steps(found.question, found.tables), **spans)
    numbers, moved = page.numbers(), page.asks(found)
    table = analyses.contributions(binned, found.question, "system").to_frame(full=True)
    mechanism = analyses.mechanism(binned, found.question, "system").numbers
    whole = windows.whole(binned)
    same(
        numbers,
        {
            "levels": {
                "baseline": whole.auc[0, 0],
                "incident": whole.auc[1, 0],
                "change": whole.change[0],
            },
            "groups": dict(zip(table["group"], table["contribution"], strict=True)),
            "parts": {part: mechanism[part].value for part in numbers["parts"]},
        },
    )
    bounds = [windows.bound(binned, whole.counts, w) for w in (0, 1)]
    text = page.page.inner_text("#bound")
    assert f"lies within {max(bounds):.4f} of the AUC shown" in text
    for name, raw in moved.drop().numbers.items():
        assert abs(numbers["levels"][name] - (raw.value or 0)) <= sum(bounds)


@pytest.mark.parametrize("cluster", [None, "student"])
def test_intervals_are_the_library_s(shown: Show, cluster: str | None) -> None:
    found = example(cluster=cluster)
    page = shown(found)
    page.drag("Incident end", -150)
    shown_low = page.numbers()["intervals"]
    for name, number in page.asks(found).drop().numbers.items():
        value, low, _ = number
        # Clusters: the page's jackknife is of coarser bins, so its error is not quite the same.
        close = 0.03 * (value - low) if cluster else 1e-9
        assert shown_low[f"{name}-low"] == pytest.approx(low, abs=close)


@pytest.mark.parametrize("cluster", [None, "student"])
def test_rows_count_by_their_weight(shown: Show, cluster: str | None) -> None:
    rows = investigate.example_log()
    rows["w"] = np.random.default_rng(5).choice([0.0, 0.5, 1.0, 12.5], len(rows))
    found = example(log=rows, cluster=cluster, columns={"weight": "w"})
    page = shown(found)
    same(page.numbers(), expected(found, "system"))
    page.drag("Incident end", -150)
    page.drag("Baseline start", 120)
    moved = page.asks(found)
    same(page.numbers(), expected(moved, "system"))
    for name, (value, low, _high) in moved.drop().numbers.items():
        # Coarser bins, and without clusters other random parts of the rows.
        close = (0.03 if cluster else 0.5) * (value - low)
        assert page.numbers()["intervals"][f"{name}-low"] == pytest.approx(low, abs=close)
    page.bar("rules").hover()
    row = moved.contributions("system").to_frame(full=True).set_index("group").loc["rules"]
    assert f"n = {row['rows_incident']:,}" in page.page.inner_text("#tip")
    page.bar("rules").click()
    same(page.numbers(), expected(moved.where(system="rules"), "country"))
    assert "Rows count by their weight (w)" in page.page.inner_text("#bound")


def test_hours_are_those_of_utc(shown: Show) -> None:
    rows = investigate.example_log()
    start = pd.Timestamp("2024-01-01", tz="UTC")
    rows["time"] = start + (rows["time"].dt.tz_localize("UTC") - start) / 42
    found = example(
        log=rows,
        baseline=("2024-01-01T00:00+00:00", "2024-01-01T16:00+00:00"),
        incident=("2024-01-01T16:00+00:00", "2024-01-01T22:00+00:00"),
        timezone="Asia/Tokyo",
    )
    page = shown(found)
    same(page.numbers(), expected(found, "system"))
    page.grip("Incident end").focus()
    page.hand.keyboard.press("ArrowLeft")
    assert page.windows()["incident"] == ("2024-01-01T16:00", "2024-01-01T21:00")
    moved = found.between("2024-01-01T16:00+00:00", "2024-01-01T21:00+00:00")
    same(page.numbers(), expected(moved, "system"))


def test_labels_are_text(shown: Show) -> None:
    rows = investigate.example_log()
    names = dict(zip(("DE", "FR", "PL"), PAYLOADS[:3], strict=True))
    rows["country"] = rows["country"].map(names)
    rows["system"] = rows["system"].map({"rules": PAYLOADS[7], "model": PAYLOADS[8]})
    found = example(log=rows)
    page = shown(found)
    assert page.page.evaluate("window.__xss") is None
    same(page.numbers(), expected(found, "system"))
    page.bar(PAYLOADS[7]).click()
    assert page.page.evaluate("window.__xss") is None
    same(page.numbers(), expected(found.where(system=PAYLOADS[7]), "country"))


# Colours hang on the scheme alone, and what is too wide on the width.
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (768, "light"), (1280, "dark")])
def test_everyone_can_use_it(
    shown: Show, found: investigate.Investigation, width: int, scheme: str
) -> None:
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = shown(found, account=True, **look)
    page.page.get_by_text("The same in Python").click()
    page.bar("rules").click()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    problems = Axe().run(page.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in problems] == []


def test_it_is_used_by_the_tab_key_alone(shown: Show, found: investigate.Investigation) -> None:
    page = shown(found)
    reached = set()
    for _ in range(40):
        page.hand.keyboard.press("Tab")
        reached.add(
            page.page.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? "
                "document.activeElement.dataset.group ?? document.activeElement.id"
            )
        )
    wanted = {"baseline-start", "incident-end", "Groups by", "Baseline start", "Incident end"}
    assert wanted | {"Incident, the whole window", "rules", "save", "copy", "reset"} <= reached


def test_a_window_without_an_outcome_says_so(shown: Show) -> None:
    rows = investigate.example_log()
    rows = rows[(rows["time"] < "2024-01-20") | (rows["time"] >= "2024-01-29")]
    page = shown(example(log=rows))
    page.type_date("baseline-start", "2024-01-20")
    assert page.page.inner_text("#headline").startswith("A window here has no rows of both")
    assert page.page.locator("#panels").is_hidden()
