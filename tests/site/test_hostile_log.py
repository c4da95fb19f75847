"""A real run over a log whose every name and value is hostile, shown in a real browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ledgers import make_key
from made import platform
from playwright.sync_api import Browser
from watched import PAYLOADS, Watched

from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.site.build import build

pytestmark = pytest.mark.slow

COLUMNS = ["time", "outcome", "score", "system", "item", "student", "country", "version"]


def test_nothing_in_a_log_runs(tmp_path: Path, browser: Browser) -> None:
    names = dict(zip(COLUMNS, PAYLOADS, strict=False))
    log = platform(1, 6_000, "scramble")[COLUMNS]
    values = iter(PAYLOADS[len(COLUMNS) :] + PAYLOADS)
    for column in ("system", "country", "version"):
        log[column] = log[column].map({value: next(values) for value in log[column].unique()})
    log.rename(columns=names).to_parquet(tmp_path / "log.parquet")
    label = "<script>window.__xss=1</script>"
    question = {
        "case": "hostile",
        "log": "log.parquet",
        "columns": {part: names[part] for part in COLUMNS[:5]} | {"cluster": names["student"]},
        "cohorts": [names["country"], names["version"]],
        "baseline": {"start": "2024-01-01", "end": "2024-02-10"},
        "incident": {"start": "2024-02-10", "end": "2024-02-22"},
        "events": [{"time": "2024-02-10", "label": label}],
    }
    (tmp_path / "question.yml").write_text(yaml.safe_dump(question), encoding="utf-8")
    program = Path(sys.executable).with_name("investigate")
    done = subprocess.run(
        [program, "run", "question.yml"], cwd=tmp_path, capture_output=True, text=True,
        env=dict(os.environ), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (record,) = (path for path in (tmp_path / "audit" / "hostile").iterdir() if path.is_dir())
    sign_off(record, Verdict.COMMENT, "\n".join(PAYLOADS), make_key(tmp_path), "<b>someone</b>")
    site = tmp_path / "site"
    build(tmp_path / "audit", site)
    watched, shown = Watched(browser), ""
    # The record's own pages too: whoever gets a record opens those.
    for page in sorted([*site.rglob("*.html"), *record.rglob("*.html")]):
        watched.asked.clear()
        watched.page.goto(page.as_uri())
        assert watched.messages == [], page
        asked = [url for url in watched.asked if not url.startswith("data:")]
        assert asked == [page.as_uri()]
        assert watched.page.evaluate("window.__xss") is None
        assert watched.page.locator("iframe, object, embed, base, [onerror], [onload]").count() == 0
        shown += watched.page.evaluate("document.body.textContent")
    watched.context.close()
    for payload in PAYLOADS:
        assert payload in shown
