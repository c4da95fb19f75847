"""The same page wherever notebooks are shown: in a record, on the review site, exported, in Lab."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from explored import Explored, expected
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page
from watched import PAYLOADS, Watched

import investigate
from investigate.explorer.page import data_of, frame, script_source
from investigate.paths import PROJECT
from investigate.records.page import POLICY, page
from investigate.site.notebooks import PagesJob, pages

pytestmark = pytest.mark.slow


def executed(found: investigate.Investigation) -> Any:
    """A notebook that has shown the explorer."""
    data = {"text/html": investigate.explore(found)._repr_html_(), "text/plain": "Explorer"}
    cell = new_code_cell("explorer", outputs=[new_output("execute_result", data)], id="found")
    return new_notebook(cells=[cell])


def framed(page: Page) -> Explored:
    """The explorer within a page that shows it."""
    handle = page.wait_for_selector("iframe.investigate-explorer")
    inner = handle.content_frame() if handle else None
    assert inner is not None
    return Explored(inner)


def works(explored: Explored, found: investigate.Investigation) -> None:
    explored.drag("Incident end", -60)
    numbers, known = explored.numbers(), expected(explored.asks(found), "system")
    assert explored.windows()["incident"][1] < "2024-02-12"
    for part, values in known.items():
        assert numbers[part] == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("where", ["record", "site", "exported"])
def test_it_works_without_a_kernel_and_offline(
    browser: Browser, found: investigate.Investigation, tmp_path: Path, where: str
) -> None:
    notebook, path = executed(found), tmp_path / "explore.html"
    if where == "record":
        text = page(notebook, "explore")
    elif where == "site":
        folder = tmp_path / "record" / "notebooks"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "explore.ipynb")
        text = pages(PagesJob(tmp_path / "record", "back"))["explore.html"]
    else:
        text = HTMLExporter(embed_images=True).from_notebook_node(notebook)[0]
    path.write_text(text, encoding="utf-8")
    watched = Watched(browser, viewport={"width": 1100, "height": 1100})
    watched.context.set_offline(True)
    watched.page.goto(path.as_uri())
    works(framed(watched.page), found)
    if where != "exported":
        # An export by nbconvert itself asks for MathJax, which it can do without.
        assert watched.messages == []
        assert [url for url in watched.asked if not url.startswith(("data:", "about:"))] == [
            path.as_uri()
        ]
    watched.context.close()


def test_a_page_without_it_runs_no_script_and_one_with_it_only_its_own(
    found: investigate.Investigation,
) -> None:
    shown = page(executed(found), "explore")
    assert f'content="{POLICY}; script-src {script_source()}"' in shown
    other = new_notebook(cells=[new_code_cell("1", id="one")])
    assert f'content="{POLICY}"' in page(other, "other")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_of_a_strangers_frame_the_data_alone_are_taken(
    found: investigate.Investigation, payload: str
) -> None:
    shown = investigate.explore(found)._repr_html_()
    data = data_of(shown)
    assert data is not None
    assert frame(data) == shown
    hostile = frame({**data, "case": payload})
    assert data_of(hostile) == {**data, "case": payload}
    assert data_of(hostile.replace("Baseline", "Changed")) == {**data, "case": payload}
    assert data_of(f"{payload}{shown}") is None
    assert data_of(shown.replace("tables", "chairs")) is None
    for name, wrong in (("steps", 10**12), ("bins", "many"), ("cohorts", None), ("folds", 1)):
        text = shown.replace(json_of(data), json_of({**data, name: wrong}))
        assert text != shown
        assert data_of(text) is None


def json_of(data: dict[str, Any]) -> str:
    """As it is in a frame's attribute."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "&amp;").replace('"', "&quot;")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab in a folder with the example's log, its question and the explorer's notebook."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "c")}
    with (tmp_path / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *(f"--port={port}", "--port-retries=0", f"--IdentityProvider.token={token}"),
                f"--ServerApp.root_dir={tmp_path}",
                "--LabApp.news_url=",
            ],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api?token={token}").close()
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "lab.log").read_text("utf-8")
                time.sleep(0.2)
        yield f"{address}/lab/tree/explore.ipynb?token={token}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def test_it_works_in_jupyterlab(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lab: str
) -> None:
    monkeypatch.chdir(tmp_path)
    investigate.example_log().to_parquet("log.parquet")
    found = investigate.open(
        "log.parquet",
        time="time",
        outcome="outcome",
        score="score",
        system="system",
        cohorts=["country"],
        baseline=("2024-01-01", "2024-01-29"),
        incident=("2024-01-29", "2024-02-12"),
    )
    found.to_params("question.yml")
    notebook = nbformat.read(PROJECT / "notebooks" / "explore.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "parameters")
    cell.source += '\nparams = "question.yml"'
    nbformat.write(notebook, tmp_path / "explore.ipynb")
    context = browser.new_context(viewport={"width": 1500, "height": 1300})
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(lab)
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    # Before the kernel is there, Lab asks for one.
    page.get_by_text("investigate | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    works(framed(page), found)
    context.close()
