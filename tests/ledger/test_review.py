"""Sign-offs, and chains that were written anew around them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ledgers import allow, make_key, make_record, rewrite, troubles

from investigate.errors import InputError
from investigate.ledger.append import EntryDraft, append, commit, drafted
from investigate.ledger.chain import read
from investigate.ledger.entry import Entry
from investigate.ledger.files import contents
from investigate.ledger.review import BadSignatureError, Verdict, body, key_of, sign, signer
from investigate.ledger.signoff import sign_off
from investigate.ledger.verify import verify

pytestmark = pytest.mark.quick_cases(1)

TEXT = 'süß "quoted"\n'.encode()
NOW = "2024-03-01T12:00:00.000Z"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path)


def test_a_signature_names_its_key(key: Path) -> None:
    signature = sign(TEXT, key)
    assert signature.startswith("-----BEGIN SSH SIGNATURE-----\n")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(key)], capture_output=True, text=True, check=True
    ).stdout
    assert key_of(TEXT, signature) == f"ED25519 key {shown.split()[1]}"
    assert sign(TEXT, key) == signature


def test_it_is_one_of_its_text_alone(key: Path) -> None:
    signature = sign(TEXT, key)
    for other in (b"", TEXT[:-1], TEXT + b"\n"):
        with pytest.raises(BadSignatureError, match="not one of this text"):
            key_of(other, signature)
    for damaged in (signature[:-40], signature.replace("A", "B", 1), "", "\0", "é"):
        with pytest.raises(BadSignatureError, match="not one of this text"):
            key_of(TEXT, damaged)


def test_a_signature_made_for_another_use_is_none(key: Path) -> None:
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", "git"],
        input=TEXT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    with pytest.raises(BadSignatureError, match="not one of this text"):
        key_of(TEXT, made)


def test_whose_it_is(key: Path, tmp_path: Path) -> None:
    signature = sign(TEXT, key)
    bobs = make_key(tmp_path, "bob")
    allowed = allow(tmp_path / "allowed", alice=key, bob=bobs)
    assert signer(TEXT, signature, allowed, "alice", NOW) == "alice"
    assert signer(TEXT, signature, allowed, None, NOW) == "alice"
    assert signer(TEXT, sign(TEXT, bobs), allowed, None, NOW) == "bob"
    for who in ("bob", "nobody", "-Oprint-pubkey", ""):
        with pytest.raises(BadSignatureError, match=f"not one of {who} in "):
            signer(TEXT, signature, allowed, who, NOW)
    with pytest.raises(BadSignatureError, match="not one of alice"):
        signer(b"other", signature, allowed, "alice", NOW)
    with pytest.raises(BadSignatureError, match="its key is none of "):
        signer(TEXT, sign(TEXT, make_key(tmp_path, "eve")), allowed, None, NOW)


def test_a_key_that_ran_out_was_good_before(key: Path, tmp_path: Path) -> None:
    signature = sign(TEXT, key)
    public = key.with_suffix(".pub").read_text()
    allowed = tmp_path / "allowed"
    allowed.write_text(f'alice valid-before="20240601" {public}')
    assert signer(TEXT, signature, allowed, "alice", NOW) == "alice"
    assert signer(TEXT, signature, allowed, None, NOW) == "alice"
    for who in ("alice", None):
        with pytest.raises(BadSignatureError):
            signer(TEXT, signature, allowed, who, "2024-07-01T12:00:00.000Z")


def test_keys_that_cannot_be_used(tmp_path: Path, key: Path) -> None:
    with pytest.raises(InputError, match=r"gone: there is no such key; name one with --key"):
        sign(TEXT, tmp_path / "gone")
    (tmp_path / "none").write_text("no key")
    (tmp_path / "none").chmod(0o600)
    key.chmod(0o644)
    for path in (tmp_path / "none", key):
        with pytest.raises(InputError, match="ssh-keygen cannot sign with it: ") as raised:
            sign(TEXT, path)
        assert "\n" not in str(raised.value)


def test_without_ssh_keygen(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signature = sign(TEXT, key)
    monkeypatch.setenv("PATH", "")
    for attempt in (lambda: sign(TEXT, key), lambda: key_of(TEXT, signature)):
        with pytest.raises(InputError, match=r"^ssh-keygen is missing; .*: install openssh-client"):
            attempt()


REFUSED = "this sign-off is refused: its signature is not one of this text"


@pytest.fixture
def case(tmp_path: Path, key: Path) -> Path:
    """Entries 1 and 2 are runs, 3 a verification, 4 signs the first run off, 5 is a run."""
    case = tmp_path / "small"
    for name in ("r1", "r2"):
        make_record(case, name)
    append(case, EntryDraft("verification", None, {}, {"troubles": []}))
    sign_off(case / "r1", Verdict.APPROVE, "good", key, "alice")
    make_record(case, "r3")
    assert troubles(case) == []
    return case


def changed(entry: Entry, **change: Any) -> Entry:
    return entry.model_copy(update=change)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_chain_written_anew_under_a_signed_head_is_refused(case: Path, n: int) -> None:
    entries = list(read(case).entries)
    entries[n - 1] = changed(entries[n - 1], time="2020-01-01T00:00:00.000Z")
    rewrite(case, entries)
    (line,) = troubles(case)
    assert line.startswith("ledger.jsonl entry 4: ")
    assert (REFUSED in line) == (n > 1)
    assert ("not the record's entry as it stands here" in line) == (n == 1)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_an_entry_taken_out_under_a_signed_head_is_refused(case: Path, n: int) -> None:
    entries = list(read(case).entries)
    del entries[n - 1]
    rewrite(case, entries)
    assert any("ledger.jsonl entry 3: " in line for line in troubles(case))


def test_entries_reordered_under_a_signed_head_are_refused(case: Path) -> None:
    first, second, *rest = read(case).entries
    rewrite(case, [second, first, *rest])
    assert any("ledger.jsonl entry 4: " in line for line in troubles(case))


def test_evidence_altered_and_chain_written_anew_is_refused(case: Path) -> None:
    (case / "r1" / "findings.json").write_text('{"verdict": "no_drop"}')
    entries = list(read(case).entries)
    now = contents(case, "r1").files
    entries[0] = changed(entries[0], files=now)
    # The forger lets the signed statement speak of the forged record as well.
    forged = {**entries[3].body, "entry": entries[0].sha256()}
    entries[3] = changed(entries[3], files=now, body=forged)
    rewrite(case, entries)
    assert troubles(case) == [f"ledger.jsonl entry 4: {REFUSED}"]


@pytest.mark.parametrize(
    "change", [{"verdict": "reject"}, {"note": "bad"}, {"identity": "mallory"}, {"more": 1}]
)
def test_what_was_signed_cannot_be_changed(case: Path, change: dict[str, Any]) -> None:
    entries = list(read(case).entries)
    entries[3] = changed(entries[3], body={**entries[3].body, **change})
    rewrite(case, entries)
    assert troubles(case) == [f"ledger.jsonl entry 4: {REFUSED}"]


@pytest.mark.parametrize("signature", [None, "", "none", 7, "\0", "ä", "-----BEGIN SSH SIGNATURE"])
def test_a_sign_off_without_a_signature_is_refused(case: Path, signature: Any) -> None:
    entries = list(read(case).entries)
    entries[3] = changed(entries[3], body={**entries[3].body, "signature": signature})
    rewrite(case, entries)
    (line,) = troubles(case)
    assert line.startswith("ledger.jsonl entry 4: this sign-off is ")
    assert verify(case).reviews == ()


def test_a_sign_off_is_not_one_of_another_record(case: Path) -> None:
    entries = list(read(case).entries)
    entries[3] = changed(entries[3], of="r2")
    rewrite(case, entries)
    assert any("not the record's entry as it stands here" in line for line in troubles(case))


def test_a_sign_off_is_not_one_of_another_case(case: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(case / "r1", other / "r1")
    entries = read(case).entries
    rewrite(other, [entries[0], entries[3]])
    assert troubles(other) == [f"ledger.jsonl entry 2: {REFUSED}"]


def test_whoever_forges_needs_a_key_that_is_allowed(case: Path, tmp_path: Path, key: Path) -> None:
    allowed = allow(tmp_path / "allowed", alice=key)
    assert troubles(case, allowed=allowed) == []
    run = read(case).entries[0]
    forgers = make_key(tmp_path, "forger")
    draft = drafted(
        case, EntryDraft("sign-off", "r1", run.files, body(run, Verdict.REJECT, "", "alice"))
    )
    commit(case, draft.signed(sign(draft.statement(), forgers)))
    (line,) = troubles(case, allowed=allowed)
    assert line == (
        "ledger.jsonl entry 6: this sign-off is refused: "
        f"its signature is not one of alice in {allowed}"
    )
    # Without the file it is a signature, and shown as one that nobody checked.
    assert troubles(case) == []
    assert [review.who for review in verify(case).reviews] == [None, None]
    keys = [review.key for review in verify(case).reviews]
    assert keys[0] != keys[1]


def test_a_name_that_is_no_name_is_refused(case: Path, tmp_path: Path, key: Path) -> None:
    run = read(case).entries[0]
    statement = body(run, Verdict.APPROVE, "", "alice\nGood signature of root\0")
    draft = drafted(case, EntryDraft("sign-off", "r1", run.files, statement))
    commit(case, draft.signed(sign(draft.statement(), key)))
    allowed = allow(tmp_path / "allowed", alice=key)
    (line,) = troubles(case, allowed=allowed)
    assert line == "ledger.jsonl entry 6: this sign-off is refused: its identity is no name"


@pytest.mark.parametrize("when", ["", "-Oprint", "now", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_is_none_is_refused(case: Path, tmp_path: Path, key: Path, when: str) -> None:
    run = read(case).entries[0]
    statement = body(run, Verdict.APPROVE, "", "alice")
    draft = changed(drafted(case, EntryDraft("sign-off", "r1", run.files, statement)), time=when)
    commit(case, draft.signed(sign(draft.statement(), key)))
    (line,) = troubles(case, allowed=allow(tmp_path / "allowed", alice=key))
    assert line == "ledger.jsonl entry 6: this sign-off is refused: its time is none"
