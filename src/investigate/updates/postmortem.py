"""The first draft of a post-mortem: the timeline, and what is left for people to write."""

from datetime import timedelta
from pathlib import Path

from investigate.updates.before import at_minute
from investigate.updates.evidence import Evidence
from investigate.updates.moments import span
from investigate.updates.parts import name
from investigate.updates.templating import render_file
from investigate.updates.timeline import timeline, times

TEMPLATE = "postmortem.md.jinja"
NOT_KNOWN = "not known"


def postmortem(case: Evidence, templates: Path | None = None) -> str:
    """The draft for `case`, in Markdown. Raises `InputError` for a template that is none."""
    took = times(case)
    return render_file(
        TEMPLATE,
        templates,
        case=name(case.case.resolve().name).text,
        moments=[(at_minute(m.when), m.kind, m.text) for m in timeline(case)],
        detect=_told(took.detect),
        update=_told(took.update),
        cause=_told(took.cause),
        recovered=any(m.kind == "recovery" for m in timeline(case)),
    )


def _told(length: timedelta | None) -> str:
    return NOT_KNOWN if length is None else span(length)
