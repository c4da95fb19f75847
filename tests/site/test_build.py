"""A site built on the last one is the site built anew; nothing of anyone else's is touched."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledgers import make_key

from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.ledger.verify import verify
from investigate.site.build import build

pytestmark = pytest.mark.slow

Make = Callable[..., Path]
Tree = Callable[[Path], dict[str, Any]]
GARBAGE = ["", "[", "null", '{"status": NaN}', "[" * 100_000, '{"status": {"a": 1}}', "\ud800"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3, 7, 11])
def test_building_on_the_last_site_is_building_anew(
    make: Make, tree: Tree, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on one core, where no process starts for the pages of notebooks.
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    drawn, audit, out = random.Random(seed), tmp_path / "audit", tmp_path / "site"
    key = make_key(tmp_path)
    for day in range(1, 4):
        make(audit / "one", f"2024010{day}T000000Z-aaaaaa")
    # Each once, in an order of the seed's own.
    for step, what in enumerate(drawn.sample(["add", "alter", "delete", "sign", "stray"], 5)):
        records = sorted(path for path in audit.glob("*/2*") if path.is_dir())
        chosen = drawn.choice(records)
        if what == "delete":
            shutil.rmtree(chosen)
        elif what == "alter":
            (chosen / "findings.json").write_text(drawn.choice(['{"verdict": 3}', "{"]))
        elif what == "sign":
            whole = [path for path in records if not verify(path.parent, path.name).troubles]
            sign_off(drawn.choice(whole), Verdict.APPROVE, f"step {step}", key)
        elif what == "stray":
            (chosen / "stray.txt").write_text(str(step))
        else:
            make(audit / drawn.choice(["one", "two"]), f"2024020{step + 1}T000000Z-bbbbbb")
        build(audit, out)
        build(audit, tmp_path / f"anew-{step}")
        assert tree(out) == tree(tmp_path / f"anew-{step}")


@pytest.mark.slow
def test_only_what_changed_is_written(make: Make, tmp_path: Path) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    for day in range(1, 4):
        make(audit / "one", f"2024010{day}T000000Z-aaaaaa")
    first = build(audit, out)
    assert first.written == 2 + 3 * 2 + 2
    again = build(audit, out)
    assert (again.written, again.kept) == (0, first.written)
    make(audit / "one", "20240104T000000Z-aaaaaa")
    # Its page, comparison and notebook; the case and the index.
    assert build(audit, out).written == 5
    shutil.rmtree(audit / "one/20240104T000000Z-aaaaaa")
    (audit / "one/ledger.jsonl").unlink()
    (audit / "one/ledger.head").unlink()
    assert build(audit, out).removed == 3
    assert not list(out.glob("cases/one/20240104*"))


def test_a_page_that_someone_changed_is_written_again(
    make: Make, tree: Tree, tmp_path: Path
) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    make(audit / "one", "20240101T000000Z-aaaaaa")
    build(audit, out)
    before = tree(out)
    for path in out.rglob("*.html"):
        path.write_text("<script>changed()</script>")
    build(audit, out)
    assert tree(out) == before


def test_others_files_are_left_alone(make: Make, tmp_path: Path) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    make(audit / "one", "20240101T000000Z-aaaaaa")
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is no site"):
        build(audit, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    for inside in (audit / "site", audit, tmp_path):
        with pytest.raises(InputError, match="beside"):
            build(audit, inside)
    (out / "mine.txt").unlink()
    build(audit, out)
    (out / "mine.txt").write_text("mine")
    (out / "cases/one/mine.txt").write_text("mine")
    shutil.rmtree(audit / "one")
    build(audit, out)
    assert {path.name for path in out.rglob("*.txt")} == {"mine.txt"}
    assert (out / "cases/one/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("name", ["record.json", "findings.json", "notebooks/1_answer.ipynb"])
def test_garbage_is_shown_as_such_and_drops_no_other_run(
    make: Make, tmp_path: Path, name: str, garbage: str
) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    make(audit / "one", "20240101T000000Z-aaaaaa")
    bad = make(audit / "one", "20240102T000000Z-bbbbbb")
    (bad / name).write_bytes(garbage.encode("utf-8", "surrogatepass"))
    assert build(audit, out).runs == 2
    index = (out / "index.html").read_text()
    assert "20240101T000000Z-aaaaaa/index.html" in index
    assert "20240102T000000Z-bbbbbb/index.html" in index
    assert ">altered<" in index
    assert "Traceback" not in (out / "cases/one/20240102T000000Z-bbbbbb/index.html").read_text()


def test_links_lead_nothing_into_the_site(make: Make, tmp_path: Path) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    bad = make(audit / "one", "20240101T000000Z-aaaaaa")
    (tmp_path / "secret.json").write_text('{"status": "secret-of-mine"}')
    (bad / "record.json").unlink()
    (bad / "record.json").symlink_to(tmp_path / "secret.json")
    (bad / "notebooks/2_more.ipynb").symlink_to(tmp_path / "secret.json")
    build(audit, out)
    assert not any(b"secret-of-mine" in path.read_bytes() for path in out.rglob("*.html"))
    assert not list(out.rglob("2_more.html"))


@pytest.mark.slow
def test_what_verify_finds_is_what_the_site_tells(make: Make, tmp_path: Path) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    whole = make(audit / "one", "20240101T000000Z-aaaaaa")
    altered = make(audit / "one", "20240102T000000Z-bbbbbb")
    gone = make(audit / "one", "20240103T000000Z-cccccc")
    (altered / "question.yml").write_text("changed")
    shutil.rmtree(gone)
    build(audit, out)
    for path, state in ((whole, "whole"), (altered, "altered"), (gone, "removed")):
        page = (out / "cases/one" / path.name / "index.html").read_text()
        assert f">{state}</span>" in page
    for trouble in verify(audit / "one").troubles:
        page = (out / "cases/one" / trouble.where.split("/")[0] / "index.html").read_text()
        assert trouble.where in page


@pytest.mark.slow
def test_a_case_that_nobody_has_investigated_yet_has_a_page(make: Make, tmp_path: Path) -> None:
    audit, out = tmp_path / "audit", tmp_path / "site"
    alert = {"alert": "1", "measure": "auc", "stream": "all", "value": 0.5, "expected": 0.7}
    (audit / "new").mkdir(parents=True)
    append(audit / "new", EntryDraft("alert", None, {}, alert))
    append(audit / "new", EntryDraft("alert", None, {}, {**alert, "alert": "2"}))
    assert build(audit, out).runs == 0
    index, case = ((out / name).read_text() for name in ("index.html", "cases/new/index.html"))
    assert "There is no run yet" in index
    for text in (index, case):
        assert "Open alerts" in text
        assert "AUC of all rows was 0.500, 0.700 expected" in text
    make(audit / "old", "20240101T000000Z-aaaaaa")
    for number in ("1", "2"):
        append(audit / "new", EntryDraft("alert-end", None, {}, {"alert": number}))
    build(audit, out)
    assert "Open alerts" not in (out / "index.html").read_text()
    assert "Open alerts" not in (out / "cases/new/index.html").read_text()
