import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from ledgers import allow, make_key, make_record, rewrite, troubles
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from rich.console import Console

from investigate.cli.prune import prune_at
from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.records.prune import Plan, Policy, carry_out, load, plan, without_pictures


def test_without_a_file() -> None:
    assert load(None) == Policy(older_than_days=90, keep_last=5, keep_signed=True, remove=("html",))


def test_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "p.yml"
    file.write_text("older_than_days: 7\nkeep_last: 0\nremove: [html, pictures]\n")
    assert load(file) == Policy(older_than_days=7, keep_last=0, remove=("html", "pictures"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("older_than_days: -1", "older_than_days: Input should be greater than or equal to 0"),
        ("older: 1", "older: unknown key; known are older_than_days, keep_last"),
        ("remove: [findings]", "remove.0: Input should be 'html' or 'pictures'"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "p.yml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as raised:
        load(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def text(*outputs: nbformat.NotebookNode) -> str:
    cells = [new_markdown_cell("# A", id="a"), new_code_cell("1", id="b", outputs=list(outputs))]
    return nbformat.writes(new_notebook(cells=cells)) + "\n"


def test_pictures_go_and_all_else_stays() -> None:
    table = new_output("display_data", {"text/html": "<b>1</b>", "text/plain": "1"})
    printed = new_output("stream", name="stdout", text="said\n")
    drawn = new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure>"})
    bare = new_output("execute_result", {"image/svg+xml": "<svg/>"}, execution_count=1)
    after = nbformat.reads(without_pictures(text(table, printed, drawn, bare)), as_version=4)
    outputs = after.cells[1].outputs
    assert outputs[:2] == [table, printed]
    assert outputs[2].data == {"text/plain": "<Figure>"}
    assert outputs[3].data == {"text/plain": "(a picture that was pruned)"}
    assert after.cells[1].source == "1"


def test_a_notebook_without_any_keeps_its_bytes() -> None:
    before = text(new_output("display_data", {"text/plain": "1"})).replace("\n", "\n ", 1)
    assert without_pictures(before) == before


ALL = Policy(older_than_days=0, keep_last=0, remove=("html", "pictures"))
PICTURE = new_output("display_data", {"image/png": "QUFB", "text/plain": "<Figure>"})
DRAWN = nbformat.writes(new_notebook(cells=[new_code_cell("1", id="a", outputs=[PICTURE])])) + "\n"


def record(case: Path, name: str) -> Path:
    more = {"notebooks/2_drawn.ipynb": DRAWN, "html/1.html": "<p>1", "html/2.html": "<p>2"}
    return make_record(case, name, **more)


def planned(case: Path, policy: Policy = ALL, days: int = 1) -> Plan:
    return plan(case, policy, datetime.now(UTC) + timedelta(days=days))


def prune(case: Path, policy: Policy = ALL) -> Plan:
    found = planned(case, policy)
    carry_out(found, policy)
    return found


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def case(tmp_path: Path) -> Path:
    record(tmp_path / "case", "a")
    record(tmp_path / "case", "b")
    return tmp_path / "case"


def test_pages_and_pictures_go_and_the_case_is_whole(case: Path) -> None:
    before = names(case / "a")
    found = prune(case)
    assert found.records == ["a", "b"]
    after = names(case / "a")
    assert sorted(set(before) - set(after)) == ["html/1.html", "html/2.html"]
    assert "image/png" not in (case / "a" / "notebooks" / "2_drawn.ipynb").read_text()
    assert troubles(case) == []
    entry = read(case).entries[-1]
    assert entry.kind == "prune"
    assert entry.body["policy"]["remove"] == ["html", "pictures"]
    assert len(entry.body["pruned"]) == 6
    assert planned(case).records == []


def test_a_plan_touches_nothing(case: Path) -> None:
    before = {name: (case / name).read_bytes() for name in names(case)}
    found = planned(case)
    assert found.freed > len("<p>1<p>2") * 2
    assert {name: (case / name).read_bytes() for name in names(case)} == before


@pytest.mark.parametrize(
    ("policy", "days", "expected"),
    [
        (Policy(older_than_days=0, keep_last=1), 1, ["a"]),
        (Policy(older_than_days=0, keep_last=2), 1, []),
        (Policy(older_than_days=5, keep_last=0), 4, []),
        (Policy(older_than_days=5, keep_last=0), 6, ["a", "b"]),
        (Policy(older_than_days=0, keep_last=0, remove=()), 1, []),
    ],
)
def test_which_records(case: Path, policy: Policy, days: int, expected: list[str]) -> None:
    assert planned(case, policy, days).records == expected


def test_one_that_is_signed_off_stays_unless_the_policy_says_so(case: Path, tmp_path: Path) -> None:
    key = make_key(tmp_path)
    sign_off(case / "a", Verdict.APPROVE, "", key, "alice")
    assert planned(case).kept == {"a": "it is signed off"}
    found = prune(case, ALL.model_copy(update={"keep_signed": False}))
    assert found.records == ["a", "b"]
    assert troubles(case, allowed=allow(tmp_path / "allowed", alice=key)) == []


def test_what_is_altered_is_left_as_it_is(case: Path) -> None:
    (case / "a" / "findings.json").write_text("[]")
    found = prune(case)
    assert found.records == ["b"]
    assert found.kept["a"].startswith("a/findings.json: altered")
    assert (case / "a" / "html" / "1.html").exists()


def test_after_a_kill_in_between_the_next_goes_on(case: Path) -> None:
    prune(case)
    entries = len(read(case).entries)
    (case / "a" / "html").mkdir()
    (case / "a" / "html" / "1.html").write_text("<p>1")
    (case / "b" / "notebooks" / "2_drawn.ipynb").write_text(DRAWN)
    assert troubles(case) == []
    found = prune(case)
    assert sorted(found.left) == ["a/html/1.html", "b/notebooks/2_drawn.ipynb"]
    assert not (case / "a" / "html" / "1.html").exists()
    assert len(read(case).entries) == entries
    assert troubles(case) == []


def test_what_is_altered_or_removed_later_is_named(case: Path) -> None:
    prune(case)
    (case / "a" / "notebooks" / "2_drawn.ipynb").write_text("{}")
    (case / "a" / "html").mkdir(exist_ok=True)
    (case / "a" / "html" / "1.html").write_text("<script>")
    (case / "b" / "notebooks" / "2_drawn.ipynb").unlink()
    assert [line.split(":")[0] for line in troubles(case)] == [
        "a/html/1.html",
        "a/notebooks/2_drawn.ipynb",
        "b/notebooks/2_drawn.ipynb",
    ]


@pytest.mark.parametrize(
    ("path", "now"),
    [
        ("a/findings.json", None),
        ("a/notebooks/1_answer.ipynb", None),
        ("a/record.json", "0" * 64),
        ("a/html/1.html", "0" * 64),
        ("ledger.jsonl", None),
        ("a/html/deep/1.html", None),
    ],
)
def test_an_entry_cannot_let_go_what_must_be_kept(case: Path, path: str, now: str | None) -> None:
    append(case, EntryDraft("prune", None, {}, {"pruned": {path: {"was": "1" * 64, "now": now}}}))
    assert f"ledger.jsonl entry 3: it prunes what must be kept: {path}" in troubles(case)


@pytest.mark.parametrize(
    "body", [{}, {"pruned": []}, {"pruned": {"../x": {"was": "", "now": None}}}]
)
def test_an_entry_that_says_nothing(case: Path, body: dict[str, object]) -> None:
    append(case, EntryDraft("prune", None, {}, body))
    assert troubles(case) == ["ledger.jsonl entry 3: it does not say what was pruned"]


def test_a_hash_that_was_never_stated_explains_nothing(case: Path) -> None:
    change = {"was": "1" * 64, "now": None}
    append(case, EntryDraft("prune", None, {}, {"pruned": {"a/html/1.html": change}}))
    (case / "a" / "html" / "1.html").unlink()
    assert [line.split(":")[0] for line in troubles(case)] == ["a/html/1.html"]


def test_a_prune_entry_cannot_be_taken_away(case: Path) -> None:
    prune(case)
    rewrite(case, list(read(case).entries[:-1]))
    assert "a/html/1.html: removed: entry 1 told of it" in troubles(case)


def shown(*arguments: object, apply: bool) -> str:
    console = Console(file=io.StringIO(), width=120)
    prune_at(*arguments, console, apply)  # type: ignore[arg-type]
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_command_shows_first(case: Path, tmp_path: Path) -> None:
    policy = tmp_path / "keep.yml"
    policy.write_text("older_than_days: 0\nkeep_last: 1\n")
    text = shown(case.parent, policy, apply=False)
    assert "nothing was touched; add --apply" in text
    assert (case / "a" / "html").exists()
    assert "to free" in text
    text = shown(case.parent, policy, apply=True)
    assert "nothing was touched" not in text
    assert not (case / "a" / "html").exists()
    assert (case / "b" / "html").exists()


@pytest.mark.slow
def test_a_record_is_no_case(case: Path) -> None:
    with pytest.raises(InputError, match="this is a record; name its case"):
        prune_at(case / "a", None, Console(file=io.StringIO()), False)


def test_of_fewer_records_than_are_kept_all_stay(case: Path) -> None:
    record(case, "c")
    assert planned(case, Policy(older_than_days=0, keep_last=4)).records == []
    assert planned(case, Policy(older_than_days=0, keep_last=5)).records == []
