"""The explorer's page as a person uses it, and the library's numbers for what it shows."""

import json
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Frame, Locator, Page

import investigate
from investigate.counts.by_step import ByStep, Span
from investigate.counts.table import Counts

PAIRS = {"within": "within", "across": "across", "pair-mix": "mix", "entered": "entered_or_left"}
READ = """() => {
  const named_values = (root) => [...document.querySelectorAll(root)].map((one) =>
    [one.closest("[data-group]")?.dataset.group ?? one.dataset.name, one.dataset.value]);
  const numbers = (root) => Object.fromEntries(
    named_values(root).map(([name, value]) => [name, value === "null" ? null : Number(value)]));
  return {
    levels: numbers(".tiles [data-name]"),
    groups: numbers("#by-group [data-name]"),
    parts: numbers("#by-part [data-name]"),
    steps: numbers("#by-step [data-name]"),
    pairs: numbers("#by-pair [data-name]"),
  };
}"""


def example(**changes: Any) -> investigate.Investigation:
    """The example's log, asked as its docstring asks it but for `changes`."""
    asked: dict[str, Any] = {
        "time": "time",
        "outcome": "outcome",
        "score": "score",
        "system": "system",
        "item": "exercise",
        "cluster": "student",
        "cohorts": ["country"],
        "baseline": ("2024-01-01", "2024-01-29"),
        "incident": ("2024-01-29", "2024-02-12"),
    }
    log = changes.pop("log", None)
    given = investigate.example_log() if log is None else log
    return investigate.open(given, **{**asked, **changes})


def expected(found: investigate.Investigation, by: str) -> dict[str, Any]:
    """What the page should show of `found`, by the library; intervals are another matter."""
    levels = {name: number.value for name, number in found.drop().numbers.items()}
    mechanism, pairs = found.mechanism(by).numbers, found.pairs(by).numbers
    table = found.contributions(by).to_frame(full=True)
    steps = {f"{row['part']}|{row['group']}": row["points"] for row in found.waterfall(by).table}
    return {
        "steps": steps,
        "levels": levels,
        "groups": dict(zip(table["group"], table["contribution"], strict=True)),
        "parts": {name: mechanism[name].value for name in ("mix", "spread", "validity")},
        "pairs": {name: pairs[key].value for name, key in PAIRS.items()},
    }


def counts_between(found: ByStep, baseline: Span, incident: Span) -> Counts:
    """What the library would count of two windows in the explorer's bins; folds mean nothing."""
    frames = []
    for by in ("all", "system", *found.cohorts):
        cells = found.cells[by if by in found.cohorts else next(iter(found.cells))]
        for window, (start, end) in enumerate((baseline, incident)):
            own = cells[cells["step"].between(start, end - 1)]
            system = np.array(found.systems)[own["system"]] if by == "system" else ""
            cohort = np.array(found.cohorts[by])[own["cohort"]] if by in found.cohorts else ""
            scope = {"by": by, "system": system, "cohort": cohort, "window": window, "fold": 0}
            frames.append(own[["bin", "positives", "negatives"]].assign(**scope))
    keys = ["by", "system", "cohort", "window", "fold", "bin"]
    slices = pd.concat(frames).groupby(keys, as_index=False, sort=True).sum()
    bins = pd.DataFrame({"bin": np.arange(found.bins), "low": 0.0, "high": 1.0 - found.exact})
    nothing = pd.DataFrame()
    tables = dict.fromkeys(("arms", "facts", "items", "timeline", "events"), nothing)
    meta = {"clustered": False, "merged": {}, "excluded": {}, "breaches": []}
    return Counts(bins=bins, slices=slices, meta=meta, **tables)


class Explored:
    """The page, to be read and used."""

    def __init__(self, page: Page | Frame) -> None:
        self.page = page
        self.hand = page if isinstance(page, Page) else page.page
        page.wait_for_selector("#by-group .row")

    def numbers(self) -> dict[str, Any]:
        """All numbers that it shows, unrounded."""
        self.settle()
        shown = self.page.evaluate(READ)
        shown["intervals"] = {
            name: shown["levels"].pop(name) for name in list(shown["levels"]) if "-" in name
        }
        return shown

    def settle(self) -> None:
        """Wait for the update that follows a movement within a frame."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")

    def windows(self) -> dict[str, tuple[str, str]]:
        """Both windows, as the fields say them."""
        self.settle()
        return {
            name: (
                self.page.input_value(f"#{name}-start"),
                self.page.input_value(f"#{name}-end"),
            )
            for name in ("baseline", "incident")
        }

    def grip(self, name: str) -> Locator:
        """A part of the picture that can be dragged, by its name for screen readers."""
        return self.page.get_by_role("slider", name=name, exact=True)

    def bar(self, label: str) -> Locator:
        """The bar of a group that can be opened."""
        return self.page.locator("#by-group button").and_(
            self.page.locator(f"[data-group={json.dumps(label)}]")
        )

    def type_date(self, field: str, text: str) -> None:
        """Type a date and leave the field; within it, the tab key goes from part to part."""
        self.page.fill(f"#{field}", text)
        self.page.locator(f"#{field}").blur()
        self.settle()

    def drag(self, name: str, pixels: float) -> None:
        """Drag a grip by so many pixels with the mouse, in steps as a hand does."""
        grip = self.grip(name)
        grip.scroll_into_view_if_needed()
        box = grip.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.hand.mouse.move(x, y)
        self.hand.mouse.down()
        for step in range(1, 9):
            self.hand.mouse.move(x + pixels * step / 8, y)
        self.hand.mouse.up()
        self.settle()

    def asks(self, found: investigate.Investigation) -> investigate.Investigation:
        """What the library is asked for the windows that the page shows."""
        windows = self.windows()
        return found.between(*windows["incident"], baseline=windows["baseline"])
