"""A browser, and an explored log whose numbers the library knows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from explored import Explored, example
from playwright.sync_api import Browser
from watched import Watched

import investigate

TEXTS = pytest.StashKey[dict[tuple[investigate.Investigation, bool], str]]()
"""Pages of investigations, with an account or without, each made once."""


@pytest.fixture(scope="session")
def found() -> investigate.Investigation:
    """Six weeks of a log in which one of two systems loses its meaning."""
    return example()


@pytest.fixture
def shown(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Explored]]:
    """Opens the page of an investigation; at the end, it must have logged and requested nothing."""
    opened: list[tuple[Watched, str]] = []
    texts = request.config.stash.setdefault(TEXTS, {})

    def show(found: investigate.Investigation, *, account: bool = False, **kind: Any) -> Explored:
        key = found, account
        if key not in texts:
            texts[key] = investigate.explore(found, account=account).html
        path = tmp_path / f"explorer{len(opened)}.html"
        path.write_text(texts[key], encoding="utf-8")
        watched = Watched(browser, **{"viewport": {"width": 1200, "height": 1100}, **kind})
        # The page needs nothing but itself.
        watched.context.set_offline(True)
        opened.append((watched, path.as_uri()))
        watched.page.goto(path.as_uri())
        return Explored(watched.page)

    yield show
    for watched, address in opened:
        messages = watched.messages
        asked = [url for url in watched.asked if not url.startswith("data:")]
        watched.context.close()
        assert messages == []
        assert [url for url in asked if not url.startswith("blob:")] == [address]
