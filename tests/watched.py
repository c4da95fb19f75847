"""A browser's page that is watched, and text that would like to be a program there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUN = "window.__xss=1"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg onload={RUN}>",
    f'<svg><script>{RUN}</script></svg>',
    f'<a href="javascript:{RUN}">x</a>',
    f"[x](javascript:{RUN})",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f'<iframe srcdoc="<script>parent.{RUN[7:]}</script>"></iframe>',
    f"<details open ontoggle={RUN}>x</details>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    "{{ 7 * 7 }}{% raw %}",
    '<base href="https://evil.example/"><link rel=stylesheet href=//evil.example/x.css>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
]  # fmt: skip


@contextmanager
def chromium() -> "Iterator[Browser]":
    """The machine's own Chromium; a test fails where there is none."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


class Watched:
    """A page, and all that it complained of or asked for."""

    def __init__(self, browser: "Browser", **kind: Any) -> None:
        self.context = browser.new_context(**kind)
        self.page: Page = self.context.new_page()
        self.messages: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: self.messages.append(dialog.message))
        self.page.on("requestfailed", lambda request: self.messages.append(request.url))
        self.page.on("request", lambda request: self.asked.append(request.url))
