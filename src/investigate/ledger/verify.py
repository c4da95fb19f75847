"""Whether the records of a case are what its ledger says."""

from dataclasses import dataclass
from pathlib import Path

from investigate.ledger.chain import Chain, Trouble, read
from investigate.ledger.differences import differences, stated, top
from investigate.ledger.entry import Entry
from investigate.ledger.kinds import RUN, SIGN_OFF
from investigate.ledger.paths import LedgerPaths
from investigate.ledger.pruned import pruned
from investigate.ledger.review import Review, reviewed
from investigate.ledger.unfinished import Unfinished, begun, unfinished


@dataclass(frozen=True)
class Report:
    """What was looked at in a case, what is wrong there, and who signed off what.

    ``files`` is how many files the ledger tells of, ``unfinished`` are runs that go on or
    were killed.
    """

    case: Path
    entries: int
    records: tuple[str, ...]
    files: int
    troubles: tuple[Trouble, ...]
    reviews: tuple[Review, ...]
    unfinished: tuple[Unfinished, ...] = ()


def verify(case: Path, record: str | None = None, allowed: Path | None = None) -> Report:
    """Hash every file of the case in the folder `case`, and its chain; writes nothing.

    With `record`, the name of a record, that one's files alone, and the whole chain. With
    `allowed`, a file of allowed signers, it is said whose the signatures are.

    Raises `OSError` where the folder or its ledger cannot be read at all, and `InputError`
    where there are signatures and no ssh-keygen.
    """
    paths = LedgerPaths(case)
    # Listed first: what a run adds and enters while we look is in the ledger then.
    listed = {path.name for path in case.iterdir()} - {paths.entries.name, paths.head.name}
    chain = read(case)
    said, runs, started = stated(chain.entries), entered(chain), begun(chain.entries)
    if record is not None:
        said = {path: hashes for path, hashes in said.items() if top(path) == record}
        started = {name: n for name, n in started.items() if name == record}
    told = {top(path) for path in said}
    names = sorted(told | started.keys() | (listed if record is None else {record}))
    going = [unfinished(case, name, started.get(name)) for name in names if name not in told]
    if any(one and not one.goes_on and one.record in entered(read(case)) for one in going):
        # It ended and was entered after the ledger was read.
        return verify(case, record, allowed)
    gone, misplaced = pruned(chain.entries)
    troubles = [*chain.troubles, *misplaced, *differences(case, names, said, gone, started)]
    reviews = []
    for entry in chain.entries:
        if entry.kind == SIGN_OFF:
            what, wrong = reviewed(entry, runs, allowed)
            troubles += wrong
            reviews += [what] if what and record in (None, what.record) else []
    records = tuple(name for name in runs if record in (None, name))
    return Report(
        case,
        len(chain.entries),
        records,
        len(said),
        tuple(troubles),
        tuple(reviews),
        tuple(one for one in going if one),
    )


def entered(chain: Chain) -> dict[str, Entry]:
    """The entries of the records in `chain`, by the record's name; the first one counts."""
    runs: dict[str, Entry] = {}
    for entry in chain.entries:
        if entry.kind == RUN and entry.of is not None:
            runs.setdefault(entry.of, entry)
    return runs
