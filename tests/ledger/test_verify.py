"""A finished record of a real run, signed off: whatever is done to any file of it is named."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from kept import kept_counts as kept_counts
from ledgers import allow, lines, make_key, make_record, troubles, write
from placed import ANSWER, make_place

from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.entry import GENESIS, Entry
from investigate.ledger.review import Verdict
from investigate.ledger.signoff import sign_off
from investigate.ledger.verify import altered, differences, refuse, stated, top, verify

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Kept:
    """A case whose ledger has a run (begun, ended), a verification, a sign-off, another run."""

    case: Path
    record: Path
    files: list[str]
    allowed: Path

    def troubles(self) -> list[str]:
        return troubles(self.case, allowed=self.allowed)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    here = Path.cwd()
    os.chdir(folder)
    try:
        place = make_place(folder)
        place.notebooks(_1_look=['print("seen")'], _2_answer=[ANSWER])
        record = place.run().record
        append(record.parent, EntryDraft("verification", None, {}, {"troubles": []}))
        key = make_key(folder)
        sign_off(record, Verdict.APPROVE, "as it should be", key, "alice")
        make_record(record.parent, "other")
        files = sorted(p.relative_to(record).as_posix() for p in record.rglob("*") if p.is_file())
        yield Kept(record.parent, record, files, allow(folder / "allowed", alice=key))
    finally:
        os.chdir(here)


@pytest.fixture
def kept(made: Kept, tmp_path: Path) -> Kept:
    """A copy of it to do things to."""
    case = tmp_path / made.case.name
    shutil.copytree(made.case, case)
    return Kept(case, case / made.record.name, made.files, made.allowed)


def test_as_it_was_left_it_is_whole(kept: Kept) -> None:
    assert {"record.json", "findings.json", "question.yml", "notebooks/1_look.ipynb",
            "html/2_answer.html", "counts/bins.parquet"} < set(kept.files)  # fmt: skip
    report = verify(kept.case, allowed=kept.allowed)
    assert report.troubles == ()
    assert (report.entries, report.files) == (5, len(kept.files) + 4)
    assert report.records == (kept.record.name, "other")
    (review,) = report.reviews
    assert (review.record, review.verdict, review.who) == (kept.record.name, "approve", "alice")


def test_verifying_writes_nothing(kept: Kept) -> None:
    before = {path: path.stat().st_mtime_ns for path in kept.case.rglob("*")}
    kept.case.chmod(0o500)
    verify(kept.case, allowed=kept.allowed)
    kept.case.chmod(0o700)
    assert {path: path.stat().st_mtime_ns for path in kept.case.rglob("*")} == before


Change = Callable[[Path, bytes], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda path, data: path.write_bytes(data + b"\n"),
        lambda path, data: path.write_bytes(bytes([data[0] ^ 1]) + data[1:]),
        lambda path, data: path.write_bytes(data[:-1]),
        lambda path, data: path.write_bytes(data[: len(data) // 2]),
        lambda path, _: path.write_bytes(b""),
    ],
    ids=["longer", "a bit", "shorter", "half", "empty"],
)
def test_every_altered_or_truncated_file_is_named(kept: Kept, change: Change) -> None:
    for name in kept.files:
        path = kept.record / name
        data = path.read_bytes()
        change(path, data)
        (line,) = kept.troubles()
        assert line == f"{kept.record.name}/{name}: altered: its hash is not that in entries 2, 4"
        path.write_bytes(data)
    assert kept.troubles() == []


def test_every_removed_file_is_named(kept: Kept) -> None:
    for name in kept.files:
        path = kept.record / name
        data = path.read_bytes()
        path.unlink()
        assert kept.troubles() == [f"{kept.record.name}/{name}: removed: entries 2, 4 told of it"]
        path.write_bytes(data)


def test_files_that_were_swapped_are_named(kept: Kept) -> None:
    """Each with the next one and with the record itself: files are looked at one by one."""
    pairs = {*pairwise(kept.files)}
    pairs |= {(name, "record.json") for name in kept.files if name < "record.json"}
    for first, second in sorted(pairs):
        paths = [kept.record / first, kept.record / second]
        data = [path.read_bytes() for path in paths]
        for path, other in zip(paths, reversed(data), strict=True):
            path.write_bytes(other)
        wrong = "altered: its hash is not that in entries 2, 4; it holds what is said of"
        if data[0] == data[1]:
            assert kept.troubles() == []
        else:
            assert kept.troubles() == [
                f"{kept.record.name}/{one}: {wrong} {kept.record.name}/{other}"
                for one, other in ((first, second), (second, first))
            ]
        for path, own in zip(paths, data, strict=True):
            path.write_bytes(own)


def test_every_file_that_became_a_link_is_named(kept: Kept, tmp_path: Path) -> None:
    for name in kept.files:
        path, away = kept.record / name, tmp_path / "away"
        path.rename(away)
        path.symlink_to(away)
        assert kept.troubles() == [
            f"{kept.record.name}/{name}: altered or added: it is a link or device, no plain file"
        ]
        path.unlink()
        away.rename(path)


@pytest.mark.parametrize("folder", [".", "notebooks", "html", "counts", "new/below"])
@pytest.mark.parametrize("name", ["more.txt", ".hidden", "[bold]x"])
def test_an_added_file_is_named(kept: Kept, folder: str, name: str) -> None:
    path = kept.record / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    inside = path.relative_to(kept.case).as_posix()
    assert kept.troubles() == [f"{inside}: added: no entry tells of it"]


def test_a_folder_of_a_record_that_is_a_link_is_named(kept: Kept, tmp_path: Path) -> None:
    (kept.record / "notebooks").rename(tmp_path / "away")
    (kept.record / "notebooks").symlink_to(tmp_path / "away")
    assert kept.troubles() == [
        f"{kept.record.name}/notebooks: altered or added: it is a link or device, no plain file",
        f"{kept.record.name}/notebooks/1_look.ipynb: removed: entries 2, 4 told of it",
        f"{kept.record.name}/notebooks/2_answer.ipynb: removed: entries 2, 4 told of it",
    ]


def test_a_record_that_is_gone_is_named(kept: Kept) -> None:
    shutil.rmtree(kept.record)
    assert kept.troubles() == [f"{kept.record.name}: removed: entries 2, 4 told of it"]
    assert troubles(kept.case, kept.record.name) == kept.troubles()


def test_records_that_change_names_are_named(kept: Kept) -> None:
    kept.record.rename(kept.case / "mine")
    assert kept.troubles() == [
        f"{kept.record.name}: removed: entries 2, 4 told of it",
        "mine: not in the ledger",
    ]


def test_a_record_of_before_there_were_ledgers(kept: Kept) -> None:
    shutil.copytree(kept.record, kept.case / "old")
    (kept.case / "killed").mkdir()
    (kept.case / "killed" / "record.json").write_text('{"status": "running"}')
    assert kept.troubles() == [
        "killed: not in the ledger: its run goes on or was killed",
        "old: not in the ledger",
    ]
    assert troubles(kept.case, "old") == ["old: not in the ledger"]
    for name in ("ledger.jsonl", "ledger.head"):
        (kept.case / name).unlink()
    assert len(kept.troubles()) == 4
    assert f"{kept.record.name}: not in the ledger" in kept.troubles()


def test_each_record_on_its_own(kept: Kept) -> None:
    (kept.record / "findings.json").write_text("[]")
    assert troubles(kept.case, "other") == []
    assert len(troubles(kept.case, kept.record.name)) == 1
    assert verify(kept.case, "other").records == ("other",)
    assert verify(kept.case, "other").reviews == ()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_every_entry_altered_cut_or_taken_out_is_named(kept: Kept, n: int) -> None:
    old = lines(kept.case)
    line = old[n - 1]
    for new in (
        [*old[: n - 1], line.replace(b'"time":"2', b'"time":"3'), *old[n:]],
        [*old[: n - 1], *old[n:]],
        [*old[: n - 1], line[: len(line) // 2]],
        [*old[: n - 1], line[:9] + b"\n", *old[n:]],
        [*old[: n - 1], *reversed(old[n - 1 : n + 1]), *old[n + 1 :]] if n < 5 else old[:4],
    ):
        write(kept.case, *new)
        found = kept.troubles()
        named = (f"entry {n}", f"line {n}", f"last one here is entry {n - 1}")
        assert any(name in line for line in found for name in named), found


def test_entries_that_disagree_on_a_file(kept: Kept) -> None:
    path = f"{kept.record.name}/findings.json"
    append(kept.case, EntryDraft("note", None, {path: "0" * 64}, {}))
    assert kept.troubles() == [f"{path}: altered: its hash is not that in entry 6"]


def test_a_ledger_names_nothing_outside_of_its_case(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")
    line = lines(kept.case)[4].replace(b'"files":{', b'"files":{"../secret":"%s",' % (b"0" * 64))
    write(kept.case, *lines(kept.case)[:4], line)
    assert "secret" not in " ".join(kept.troubles())
    assert [entry.n for entry in read(kept.case).entries] == [1, 2, 3, 4]


A, B = "a" * 64, "b" * 64


def entry(n: int, **files: str) -> Entry:
    named = {path.replace("_", "/"): sha256 for path, sha256 in files.items()}
    return Entry(n=n, kind="note", time="", of=None, files=named, prev=GENESIS, body={})


def test_what_entries_say_is_kept_by_path_and_hash() -> None:
    statements = stated([entry(1, r_a=A, r_b=B), entry(2, r_a=A), entry(3, r_a=B)])
    assert {path: dict(hashes) for path, hashes in statements.items()} == {
        "r/a": {A: [1, 2], B: [3]},
        "r/b": {B: [1]},
    }


def test_the_top_of_a_path() -> None:
    assert [top(path) for path in ("r", "r/a", "r/a/b")] == ["r"] * 3


def test_in_the_order_of_names_and_paths(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / "r" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "r" / name).write_text(name)
    statements = stated([entry(1, r_c=A, r_b=A), entry(2, s_a=A)])
    found = [
        (t.where, t.what.split(":")[0]) for t in differences(tmp_path, ["r", "s", "t"], statements)
    ]
    assert found == [
        ("r/a", "added"),
        ("r/b", "altered"),
        ("r/c", "altered"),
        ("s", "removed"),
        ("t", "not in the ledger"),
    ]


def test_a_record_json_that_is_none_is_no_trouble_here(tmp_path: Path) -> None:
    for text in ("", "[]", "[" * 100_000, '{"status": []}', "\0"):
        (tmp_path / "r").mkdir(exist_ok=True)
        (tmp_path / "r" / "record.json").write_text(text)
        (trouble,) = differences(tmp_path, ["r"], stated([]))
        assert trouble.what == "not in the ledger"


def test_what_is_whole_passes(tmp_path: Path) -> None:
    make_record(tmp_path / "c", "r")
    report = verify(tmp_path / "c", "r")
    assert altered(report) == []
    refuse(report, "used")


def test_what_the_next_append_mends_passes_too(tmp_path: Path) -> None:
    make_record(tmp_path / "c", "r")
    with (tmp_path / "c" / "ledger.jsonl").open("ab") as file:
        file.write(b"torn")
    report = verify(tmp_path / "c", "r")
    assert report.troubles
    assert altered(report) == []


def test_the_first_is_named_and_the_others_counted(tmp_path: Path) -> None:
    record = make_record(tmp_path / "c", "r")
    for name in ("findings.json", "record.json", "question.yml"):
        (record / name).write_text("other")
    with pytest.raises(InputError) as raised:
        refuse(verify(tmp_path / "c", "r"), "used")
    assert str(raised.value).startswith(f"{record / 'findings.json'}: altered: ")
    assert str(raised.value).endswith(" (and 2 more); altered evidence is not used")
