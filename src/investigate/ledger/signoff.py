"""Signing off a record that is what its ledger says."""

from pathlib import Path

from investigate.errors import InputError, RunError
from investigate.ledger.append import EntryDraft, MovedError, commit, drafted
from investigate.ledger.chain import read
from investigate.ledger.entry import SIGN_OFF, Entry
from investigate.ledger.place import no_record, record_at
from investigate.ledger.review import Verdict, body, sign
from investigate.ledger.verify import entered, refuse, verify
from investigate.rendering import one_line

TRIES = 5


def sign_off(
    record: Path, verdict: Verdict, note: str, key: Path, identity: str | None = None
) -> Entry:
    """Enter `verdict` and `note` on the record in the folder `record`, signed with `key`.

    ``identity`` is who the signer is called in a file of allowed signers. Raises
    `InputError` where the record is in no ledger or no longer what its ledger says, or
    the key cannot be used, and `RunError` where the entry cannot be written.
    """
    _check(note, identity)
    place = record_at(record)
    if place is None:
        raise no_record(record)
    case, name = place
    try:
        report = verify(case, name)
        run = entered(read(case)).get(name)
        if run is None:
            raise InputError(f"{record}: it is not in the ledger, so there is nothing to sign")
        refuse(report, "signed")
        draft = EntryDraft(SIGN_OFF, name, run.files, body(run, verdict, note, identity))
        # Not under the lock, which runs wait for: a passphrase may be asked for.
        for _ in range(TRIES):
            entry = drafted(case, draft)
            entry = entry.signed(sign(entry.statement(), key))
            try:
                commit(case, entry)
            except MovedError:
                continue
            return entry
    except OSError as error:
        raise RunError(f"{record}: it could not be signed off: {one_line(error)}") from error
    raise RunError(f"{case}: its ledger grew each time while this was signed; sign again")


def _check(note: str, identity: str | None) -> None:
    try:
        note.encode()
    except UnicodeEncodeError as error:
        raise InputError("--note: it is no UTF-8") from error
    if identity is not None and not (identity.isprintable() and 0 < len(identity) <= 256):
        raise InputError("--as: it is no name; give it as in the file of allowed signers")
