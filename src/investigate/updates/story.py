"""A case for people: its moments, how long things took, a notebook's tables, a post-mortem."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from investigate.errors import InputError, RunError
from investigate.ledger.place import cases_at
from investigate.ledger.verify import verify
from investigate.rendering import one_line, plain
from investigate.updates.evidence import CaseEvidence, evidence
from investigate.updates.parts import at_minute, name, span
from investigate.updates.templating import render_file
from investigate.updates.timeline import Moment, stretches, timeline, times

NOT_KNOWN = "not known"
TOOK = {
    "detect": ("time to detect", "from the onset to the first alert or run", "detected after"),
    "update": ("time to first update", "from there", "first update after"),
    "cause": ("time to cause", "from there to the first finding that names one", "a cause after"),
}
"""Of each stretch its name, what it spans, and how a title tells it."""


@dataclass(frozen=True)
class LedgerCheck:
    """How many entries a ledger has and how many of them verify; records, files, troubles.

    Each trouble is a place and what is wrong there.
    """

    entries: int
    verified: int
    records: int
    files: int
    troubles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Story:
    """A case as its evidence shows it; texts are plain, of one line each.

    ``took`` are rows of name, length and what it spans; ``rows`` of time, kind, what, record.
    ``moments`` and ``stretches`` are what the figure of a timeline takes.
    """

    case: Path
    name: str
    claim: str
    took: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, str, str, str], ...]
    moments: tuple[tuple[datetime, str, str], ...]
    stretches: tuple[tuple[str, str, datetime, datetime], ...]

    @property
    def title(self) -> str:
        """The case and how much there is to tell."""
        return f"{self.name}: {len(self.rows):,} moment{'' if len(self.rows) == 1 else 's'}"


def story(path: Path) -> Story:
    """The story of the case in the folder `path`.

    Raises `InputError` where there is none, where it is a record, and where the evidence that
    speaks for it was altered; `RunError` where it cannot be read.
    """
    for _, record in cases_at(path):
        if record is not None:
            raise InputError(f"{path}: this is a record; name its case")
    found = evidence(path)
    moments = timeline(found)
    name = plain(found.case.resolve().name, 60)
    return Story(
        case=path,
        name=name,
        claim=_claim(name, found, moments),
        took=_took(found),
        rows=tuple((at_minute(m.when), m.kind, _bare(m.text), plain(m.of, 100)) for m in moments),
        moments=tuple((m.when, m.kind, _bare(m.text)) for m in moments),
        stretches=tuple(
            (TOOK[which][0], span(end - start), start, end)
            for which, (start, end) in stretches(found).items()
        ),
    )


def checked(case: Path) -> LedgerCheck:
    """What `verify` says of the whole case.

    Raises `RunError` where it cannot be read, and `InputError` where there are signatures and
    no ssh-keygen.
    """
    try:
        report = verify(case)
    except OSError as error:
        raise RunError(f"{case}: it cannot be verified: {one_line(error)}") from error
    wheres = {trouble.where for trouble in report.troubles}
    entry, line = "ledger.jsonl entry ", "ledger.jsonl line "
    wrong = sum(where.startswith(entry) for where in wheres)
    # Lines that are no entries are not among those counted.
    lines = sum(where.startswith(line) for where in wheres)
    return LedgerCheck(
        entries=report.entries + lines,
        verified=max(report.entries - wrong, 0),
        records=len(report.records),
        files=report.files,
        troubles=tuple((plain(t.where), plain(t.what)) for t in report.troubles),
    )


def ledger_line(found: LedgerCheck) -> str:
    """How many entries verify, and the first thing that is wrong, in one line."""
    text = f"{found.verified:,} of {found.entries:,} ledger entries verify"
    if not found.troubles:
        return text
    more = f" (and {len(found.troubles) - 1:,} more)" if found.troubles[1:] else ""
    return f"{text}; wrong: {': '.join(found.troubles[0])}{more}"


def _took(found: CaseEvidence) -> tuple[tuple[str, str, str], ...]:
    known = stretches(found)
    lengths = {which: span(end - start) for which, (start, end) in known.items()}
    return tuple(
        (name, lengths.get(which, NOT_KNOWN), what) for which, (name, what, _) in TOOK.items()
    )


def _claim(name: str, found: CaseEvidence, moments: list[Moment]) -> str:
    known = stretches(found)
    parts = [
        f"{TOOK[which][2]} {span(end - start)}" for which, (start, end) in known.items()
    ]  # fmt: skip
    if parts:
        return f"{name}: {', '.join(parts)}"
    return f"{name}: {'nothing is known' if not moments else 'how long things took is not known'}"


def _bare(text: str) -> str:
    """A moment's Markdown as plain text: names are code spans and hold no backtick."""
    return text.replace("`", "")


LONG = 40
"""Characters; a column of longer text is given more width."""


def open_case(case: str) -> Story:
    """The story of the case in the folder `case`.

    A relative path is looked up from the current folder, then from each folder above it, so
    that a notebook in a subfolder finds what its project's root holds.
    Raises `InputError` where there is no case, and where its evidence was altered.
    """
    path = Path(case)
    here = Path.cwd()
    found = (folder / path for folder in (here, *here.parents) if (folder / path).is_dir())
    return story(path if path.is_dir() else next(found, path))


def show_times(shown: Story) -> None:
    """Display how long it took to detect, to tell and to name a cause."""
    _show(shown.claim, ["", "took", "counted"], shown.took)


def show_moments(shown: Story) -> None:
    """Display every moment: when (UTC), its kind, what happened, in which record."""
    _show(shown.title, ["time", "kind", "what", "record"], shown.rows)


def show_ledger(shown: Story) -> None:
    """Display how many entries of the ledger verify, and what is wrong."""
    found = checked(shown.case)
    counts = [
        ("entries", f"{found.entries:,}"),
        ("entries that verify", f"{found.verified:,}"),
        ("records", f"{found.records:,}"),
        ("files told of", f"{found.files:,}"),
        ("troubles", f"{len(found.troubles):,}"),
    ]
    _show(ledger_line(found), ["", "number"], counts)
    if found.troubles:
        _show("What is wrong", ["where", "what"], found.troubles)


def _show(claim: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # Imported late: the terminal shows the same story without it.
    from IPython.display import display

    cells = [list(row) for row in rows]
    bundle = {"text/html": _html(claim, names, cells), "text/plain": _text(claim, cells)}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _html(claim: str, names: Sequence[str], rows: list[list[str]]) -> str:
    """Every value escaped, so that it stays text; the same look as a finding's."""
    longest = [max((len(row[i]) for row in rows), default=0) for i in range(len(names))]
    kinds = ["text long" if length > LONG else "text" for length in longest]
    head = _row("th", names, kinds)
    body = "\n".join(_row("td", row, kinds) for row in rows)
    return (
        '<div class="finding">\n'
        f'<p class="claim" style="font-size:1.3em;font-weight:600">{escape(claim)}</p>\n'
        '<div class="wide" style="overflow-x:auto">\n'
        f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n</div>"
    )


def _row(tag: str, values: Sequence[str], kinds: Sequence[str]) -> str:
    cells = (
        f'<{tag} class="{kind}" style="text-align:left">{escape(value)}</{tag}>'
        for value, kind in zip(values, kinds, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _text(claim: str, rows: list[list[str]]) -> str:
    return "\n".join([claim, *("  " + "  ".join(filter(None, row)) for row in rows)])


TEMPLATE = "postmortem.md.jinja"
NOT_KNOWN = "not known"


def postmortem(case: CaseEvidence, templates: Path | None = None) -> str:
    """The draft for `case`, in Markdown. Raises `InputError` for a template that is none."""
    took = times(case)
    return render_file(
        TEMPLATE,
        templates,
        case=name(case.case.resolve().name).text,
        moments=[(at_minute(m.when), m.kind, m.text) for m in timeline(case)],
        detect=_length_text(took.detect),
        update=_length_text(took.update),
        cause=_length_text(took.cause),
        recovered=any(m.kind == "recovery" for m in timeline(case)),
    )


def _length_text(length: timedelta | None) -> str:
    return NOT_KNOWN if length is None else span(length)
