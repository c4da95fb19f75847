"""What ``investigate update``, ``due`` and ``postmortem`` do."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from investigate.cli.app import moment, say
from investigate.cli.send import report
from investigate.cli.tables import print_table
from investigate.errors import InputError, RunError
from investigate.ledger.files import write
from investigate.ledger.place import cases_at
from investigate.records.secrets import Secrets
from investigate.rendering import one_line, plain
from investigate.updates.delivery import check, empty, put
from investigate.updates.draft import drafted
from investigate.updates.evidence import evidence
from investigate.updates.parts import at_minute, span
from investigate.updates.rhythm import load
from investigate.updates.story import postmortem
from investigate.updates.templating import tidy
from investigate.updates.trail import ANYONE, Due, Update, due, enter

VARIABLES, FALLBACK = ("VISUAL", "EDITOR"), "vi"


def edited(text: str) -> str:
    """What a person makes of `text` in ``$VISUAL`` or ``$EDITOR``.

    Raises `InputError` where the editor fails or nothing is left of it.
    """
    command = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), FALLBACK)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "update.md"
        file.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(command), str(file)], check=False)
            found = file.read_text("utf-8")
        except (OSError, ValueError) as error:
            raise InputError(f"$EDITOR failed, nothing was sent: {one_line(error)}") from error
    if done.returncode:
        raise InputError(f"$EDITOR ended with status {done.returncode}; nothing was sent")
    if not found.strip():
        raise InputError("the text is empty; nothing was sent")
    return tidy(found)


FINE, SOMETHING_DUE = 0, 3
OUTBOX = Path("outbox")


def update_at(
    path: Path,
    console: Console,
    audience: str = "engineers",
    *,
    edit: bool = False,
    as_is: bool = False,
    out: Path | None = None,
    since: str | None = None,
    resolved: Path | None = None,
    templates: Path | None = None,
    rhythm: Path | None = None,
    at: str | None = None,
    channels: Sequence[str] = (),
    outbox: Path = OUTBOX,
) -> str:
    """The text of an update of the record or case at `path`.

    With `edit` a person edits it first; with that or `as_is` it counts as sent: it is entered
    in the ledger of the case and goes to the `channels` by way of `outbox`; with `out`, it is
    written there too. Else it is a draft that leaves no trace, and `console` says so.
    """
    if edit and as_is:
        raise InputError("--edit and --send-as-is: give one of them")
    if channels and not (edit or as_is):
        raise InputError("--send: a draft is not sent; add --edit or --send-as-is")
    check(channels)
    _require_folder(out)
    draft = drafted(
        path, audience, at=moment(at), rhythm=load(rhythm),
        since=since, resolved=resolved, templates=templates,
    )  # fmt: skip
    if not edit and not as_is:
        _keep(out, draft.text)
        say(console, "this is a draft, nothing was sent; add --edit or --send-as-is")
        return draft.text
    text = Secrets.known().clean(edited(draft.text) if edit else draft.text, "the update")
    to = tuple(channels) or (plain(out.name) if out else "stdout",)
    entry = enter(draft.case, Update(draft, text), to)
    if resolved is not None and not draft.resolved:
        say(console, "the case stays open: the evidence does not show recovery")
    say(console, f"{draft.case}: entered as entry {entry.n} of its ledger")
    if channels:
        # Before anything else can fail: the ledger says that it goes there.
        title, _, body = text.partition("\n")
        _put(outbox, f"update {entry.sha256()}", channels, title.lstrip("# "), body.strip())
    _keep(out, text)
    if channels:
        _send(outbox, console)
    return text


def due_at(
    audit: Path,
    console: Console,
    rhythm: Path | None = None,
    at: str | None = None,
    *,
    channels: Sequence[str] = (),
    outbox: Path = OUTBOX,
) -> int:
    """Print which updates of the cases at `audit` are overdue or due soon; the exit status.

    A reminder of each that is overdue goes to the `channels` by way of `outbox`, once.
    """
    check(channels)
    now, policy = moment(at), load(rhythm)
    cases = []
    for case, record in cases_at(audit):
        if record is not None:
            raise InputError(f"{audit}: this is a record; name its case or the folder of all")
        cases.append(case)
    found = due(cases, now, policy)
    if not found:
        say(console, f"no update is due at {at_minute(now)}")
        return FINE
    rows = []
    for one in found:
        left = (
            f"overdue by {span(now - one.by)}" if one.overdue(now) else f"in {span(one.by - now)}"
        )
        rows.append((*_cells(one), left))
    print_table(console, ("case", "severity", "audience", "last update", "due by", ""), rows)
    overdue = [one for one in found if one.overdue(now)] if channels else []
    for one in overdue:
        name, _, audience, _, by = _cells(one)
        first = one.audience == ANYONE
        which = "first update" if first else f"update for {audience}"
        key = f"overdue {one.case.absolute()} {audience} {by}"
        body = f"Draft it: investigate update {shlex.quote(str(one.case))}"
        body += "" if first else f" --audience {audience}"
        _put(outbox, key, channels, f"{name}: the {which} was due by {by}", body)
    if overdue:
        # Once all are kept: what cannot be sent stops no other.
        _send(outbox, console)
    return SOMETHING_DUE


def postmortem_at(path: Path, out: Path | None = None, templates: Path | None = None) -> str:
    """The first draft of a post-mortem of the case at `path`, also written to `out`."""
    for _, record in cases_at(path):
        if record is not None:
            raise InputError(f"{path}: this is a record; name its case")
    _require_folder(out)
    text = Secrets.known().clean(postmortem(evidence(path), templates), "the post-mortem")
    _keep(out, text)
    return text


def _cells(one: Due) -> tuple[str, ...]:
    last = at_minute(one.last) if one.last else "none"
    return plain(one.case.name, 60), one.severity, one.audience, last, at_minute(one.by)


def _require_folder(out: Path | None) -> None:
    if out is not None and not out.parent.is_dir():
        raise InputError(f"--out: there is no folder {str(out.parent)!r}; make it first")


def _keep(out: Path | None, text: str) -> None:
    if out is None:
        return
    try:
        write(out, text)
    except OSError as error:
        raise RunError(f"{out}: it could not be written: {one_line(error)}") from error


def _put(outbox: Path, key: str, channels: Sequence[str], title: str, body: str) -> None:
    try:
        put(outbox, key, channels, title, body)
    except OSError as error:
        raise RunError(f"{outbox}: it could not be kept to be sent: {one_line(error)}") from error


def _send(outbox: Path, console: Console) -> None:
    try:
        report(empty(outbox), console)
    except OSError as error:
        raise RunError(f"{outbox}: it could not be emptied: {one_line(error)}") from error
