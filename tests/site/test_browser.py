"""The site in a real browser: nothing is asked for, nothing hostile runs, everyone can use it."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from ledgers import make_key
from playwright.sync_api import Browser, Page
from watched import PAYLOADS, Watched

from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.site.build import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with space")
    audit, key = folder / "audit", make_key(folder)
    for number, payload in enumerate(PAYLOADS, 10):
        made = make(audit / "hostile", f"202401{number}T000000Z-aaaaaa", payload)
    sign_off(made, Verdict.COMMENT, "\n".join(PAYLOADS), key, "<b>someone</b>")
    for day in range(1, 4):
        made = make(audit / "calm", f"2024020{day}T000000Z-bbbbbb", f"system {day}")
    sign_off(made, Verdict.APPROVE, "It holds.", key)
    failed = make(audit / "calm", "20240210T000000Z-cccccc")
    (failed / "record.json").write_text('{"status": "failed", "error": "no"}')
    build(audit, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@pytest.mark.parametrize("where", ["file", "http"])
def test_every_page_loads_runs_nothing_hostile_and_asks_for_nothing(
    browser: Browser, site: Path, served: str, where: str
) -> None:
    base, watched = (f"{site.as_uri()}/" if where == "file" else served), Watched(browser)
    # A server sends the same bytes: of each kind of page, one of what is calm and one of hostile.
    chosen = pages(site) if where == "file" else [*MAIN, SHOWN, *pages(site)[-4:]]
    for path in chosen:
        watched.asked.clear()
        watched.page.goto(base + path)
        assert watched.messages == []
        assert [url for url in watched.asked if not url.startswith("data:")] == [base + path]
        assert watched.page.evaluate("window.__xss") is None
        scripts = watched.page.evaluate("document.querySelectorAll('script').length")
        assert scripts == (1 if path == "index.html" else 0)
        assert watched.page.locator("iframe, object, embed, base, [onerror], [onload]").count() == 0
    watched.context.close()


def test_payloads_are_text(browser: Browser, site: Path) -> None:
    watched = Watched(browser)
    for number, payload in enumerate(PAYLOADS, 10):
        name = f"cases/hostile/202401{number}T000000Z-aaaaaa/index.html"
        watched.page.goto(f"{site.as_uri()}/{name}")
        # Of log, column's name, cohort's value, input, package.
        assert watched.page.evaluate("document.body.textContent").count(payload) >= 5
    assert all(line in watched.page.inner_text("blockquote") for line in PAYLOADS)
    assert "a key nobody checked, said to be <b>someone</b>" in watched.page.inner_text("main")
    watched.context.close()


def visible(page: Page) -> int:
    return page.locator("table.runs tbody tr:visible").count()


@pytest.mark.parametrize("where", ["file", "http"])
def test_filters_work_by_keyboard_and_stand_in_the_address(
    browser: Browser, site: Path, served: str, where: str
) -> None:
    base, watched = (f"{site.as_uri()}/" if where == "file" else served), Watched(browser)
    page, total = watched.page, len(PAYLOADS) + 4
    page.goto(f"{base}index.html")
    assert visible(page) == total
    while page.evaluate("document.activeElement.id") != "q":
        page.keyboard.press("Tab")
    page.keyboard.type("calm system")
    assert visible(page) == 3
    assert page.inner_text("#count") == f"3 of {total} runs"
    page.keyboard.press("Tab")
    page.keyboard.type("hostile")
    assert visible(page) == 0
    page.reload()
    assert visible(page) == 0
    page.goto(f"{base}index.html#case=calm&from=2024-02-02&to=2024-02-03")
    page.reload()
    assert visible(page) == 2
    page.goto(f"{base}index.html#verdict=failed")
    page.reload()
    assert visible(page) == 1
    page.select_option("#verdict", "")
    page.select_option("#system", "system 2")
    assert visible(page) == 1
    page.get_by_role("button", name="Clear").press("Enter")
    page.wait_for_function("location.hash === ''")
    assert visible(page) == total
    assert watched.messages == []
    watched.context.close()


def test_without_scripts_it_is_a_plain_table(browser: Browser, site: Path) -> None:
    watched = Watched(browser, java_script_enabled=False)
    watched.page.goto(f"{site.as_uri()}/index.html")
    assert visible(watched.page) == len(PAYLOADS) + 4
    assert not watched.page.locator("#filters").is_visible()
    watched.context.close()


CALM = "cases/calm/20240203T000000Z-bbbbbb"
MAIN = ["index.html", "cases/calm/index.html", f"{CALM}/index.html", f"{CALM}/compare.html"]
SHOWN = f"{CALM}/notebooks/1_answer.html"


# Colours hang on the scheme alone, and what is too wide on the width.
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_nothing_serious_keeps_anyone_out(
    browser: Browser, site: Path, width: int, scheme: str
) -> None:
    kind = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    watched = Watched(browser, bypass_csp=True, **kind)
    for path in [*MAIN, SHOWN]:
        watched.page.goto(f"{site.as_uri()}/{path}")
        found = Axe().run(watched.page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], path
        wide = watched.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
    watched.context.close()


def test_two_runs_stand_side_by_side(browser: Browser, site: Path) -> None:
    watched = Watched(browser)
    watched.page.goto(f"{site.as_uri()}/{CALM}/index.html")
    watched.page.get_by_role("link", name="Compare with").click()
    text = watched.page.inner_text("main")
    assert "system 2" in text
    assert "system 3" in text
    assert "1 cell" in text or "cells differ" in text
    watched.context.close()
