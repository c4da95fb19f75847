import subprocess
import sys
from pathlib import Path

import pytest
from ledgers import troubles
from updates.cases import AT, FIRST

from investigate.errors import InputError, RunError
from investigate.ledger.chain import read
from investigate.records.secrets import LeakError
from investigate.updates.draft import Draft, drafted
from investigate.updates.rhythm import Rhythm
from investigate.updates.trail import Update, enter, updates


def draft(case: Path, audience: str = "product") -> Draft:
    return drafted(case, audience, at=AT, rhythm=Rhythm())


def test_both_texts_are_in_the_trail(case: Path) -> None:
    one = draft(case)
    entry = enter(case, Update(one, "We look into it.\n"), ("stdout",))
    assert sorted(entry.files) == ["updates/1-product.draft.md", "updates/1-product.sent.md"]
    assert (case / "updates/1-product.draft.md").read_text("utf-8") == one.text
    assert (case / "updates/1-product.sent.md").read_text("utf-8") == "We look into it.\n"
    assert (entry.kind, entry.of) == ("update", FIRST)
    ((_, body),) = updates(read(case).entries)
    assert (body.update, body.audience, body.severity, body.edited) == (1, "product", "high", True)
    assert (body.next - body.at).total_seconds() == 4 * 3600
    assert troubles(case) == []


def test_each_update_has_files_of_its_own(case: Path) -> None:
    for audience in ("product", "product", "engineers"):
        one = draft(case, audience)
        enter(case, Update(one, one.text))
    assert sorted(path.name for path in (case / "updates").glob("*.sent.md")) == [
        "1-product.sent.md", "2-product.sent.md", "3-engineers.sent.md",
    ]  # fmt: skip
    assert troubles(case) == []


def test_an_altered_an_added_and_a_removed_text_are_named(case: Path) -> None:
    for _ in range(2):
        enter(case, Update(draft(case), "It is being looked at.\n"))
    folder = case / "updates"
    (folder / "1-product.sent.md").write_text("It was never broken.\n")
    (folder / "9-product.sent.md").write_text("more\n")
    (folder / "2-product.draft.md").unlink()
    assert troubles(case) == [
        "updates/1-product.sent.md: altered: its hash is not that in entry 2",
        "updates/2-product.draft.md: removed: entry 3 told of it",
        "updates/9-product.sent.md: added: no entry tells of it",
    ]


def test_a_secret_is_taken_out_of_both(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_TOKEN", "hunter2hunter2")
    enter(case, Update(draft(case), "ask hunter2hunter2\n"))
    assert (case / "updates/1-product.sent.md").read_text("utf-8") == "ask ${CHAT_TOKEN}\n"


def test_a_secret_that_stays_is_refused(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_TOKEN", "hunter2hunter2")
    before = (case / "ledger.jsonl").read_bytes()
    with pytest.raises(LeakError, match="CHAT_TOKEN"):
        enter(case, Update(draft(case), "hunter2\nhunter2\n"))
    assert (case / "ledger.jsonl").read_bytes() == before
    assert not (case / "updates").exists()


def test_a_link_is_not_followed(case: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (case / "updates").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="it is a link"):
        enter(case, Update(draft(case), "text\n"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_entries_that_are_none_are_left_out(case: Path) -> None:
    from investigate.ledger.append import EntryDraft as Entered
    from investigate.ledger.append import append

    append(case, Entered("update", None, {}, {"update": "x"}))
    assert updates(read(case).entries) == []


@pytest.mark.slow
def test_two_at_once_keep_both(case: Path) -> None:
    program = (
        "from pathlib import Path; import sys\n"
        "from investigate.updates.draft import drafted\n"
        "from investigate.updates.rhythm import Rhythm\n"
        "from investigate.cli.app import moment\n"
        "from investigate.updates.trail import Update, enter\n"
        "case = Path(sys.argv[1])\n"
        "for _ in range(8):\n"
        "    one = drafted(case, 'product', at=moment(None), rhythm=Rhythm())\n"
        "    enter(case, Update(one, one.text))\n"
    )
    command = [sys.executable, "-c", program, str(case)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert sorted(body.update for _, body in updates(read(case).entries)) == list(range(1, 17))
    assert troubles(case) == []


@pytest.mark.slow
def test_what_cannot_be_entered_leaves_nothing(case: Path) -> None:
    one = draft(case)
    (case / "ledger.jsonl").unlink()
    (case / "ledger.jsonl").mkdir()
    with pytest.raises(RunError, match="could not be entered"):
        enter(case, Update(one, one.text))
    assert list((case / "updates").iterdir()) == []
