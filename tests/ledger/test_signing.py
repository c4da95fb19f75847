import subprocess
from pathlib import Path

import pytest
from ledgers import allow, make_key

from investigate.errors import InputError
from investigate.ledger.signing import BadSignatureError, key_of, sign, signer

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
