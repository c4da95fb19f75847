"""A proposal as a params file: the question, with what it rests on beside each key."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from investigate.errors import InputError
from investigate.proposal.propose import Proposal
from investigate.question import params
from investigate.question.question import PARTS

WINDOWS = ("baseline", "incident")
MEANING = {
    "time": "when a row was scored",
    "outcome": "what came of it",
    "score": "what ranked it",
    "system": "which system's score was in force",
    "item": "what was scored",
    "cluster": "whom rows depend on: one's rows are no independent evidence",
    "key": "what joins a row to its outcome",
    "positive": "the outcome that counts as 1",
    "turned": "lower scores go with outcomes that are 1, so they are turned round",
    "time_format": "how times are written",
    "decimal": "the decimal mark",
    "encoding": "how the file's text is written",
}
NOTES = {
    "baseline": "when the score was right; the end is not in it",
    "incident": "what is to be explained; the end is not in it",
    "cohorts": "groups that are looked at: known before the outcome",
    "bands": "where cohorts of numbers are cut",
    "outcomes": "they stand in a table of their own",
    "timezone": "where days begin, and in which times without a zone are read",
}


def text(proposal: Proposal) -> str:
    """The params file, which loads back as the proposed question."""
    parameters = proposal.question.parameters()
    sure = {one.key: one for one in proposal.assumed}
    lines = [
        "# Proposed by investigate init; what it assumed stands beside each key.",
        "# Next: investigate check, then investigate run, with this file.",
    ]
    lines += [f"# Note: {_plain(line)}" for line in proposal.warnings]
    lines += [
        f"case: {_scalar(parameters['case'])}",
        f"log: {_flow(parameters['log'])}",
        "",
        "columns:",
    ]
    columns = {name: value for name, value in parameters["columns"].items() if value}
    if parameters.get("outcomes"):
        # The table of outcomes says it.
        del columns["outcome"]
    # How values are written comes after what they are.
    for name in sorted(columns, key=lambda name: (name not in PARTS, name != "turned")):
        line = f"  {name}: {_flow(columns[name])}"
        lines.append(_noted(line, MEANING[name], sure.get(name)))
    lines.append("")
    if parameters.get("outcomes"):
        lines.append(_noted("outcomes:", NOTES["outcomes"], sure.get("key")))
        lines.append(f"  log: {_flow(parameters['outcomes']['log'])}")
        columns = {
            name: value for name, value in parameters["outcomes"]["columns"].items() if value
        }
        lines.append(f"  columns: {_flow(columns)}")
    if parameters["timezone"] != "UTC":
        lines.append(
            _noted(f"timezone: {_scalar(parameters['timezone'])}", NOTES["timezone"], None)
        )
    if parameters["cohorts"]:
        lines.append(_noted(f"cohorts: {_flow(parameters['cohorts'])}", NOTES["cohorts"], None))
    if parameters.get("bands"):
        lines.append(
            _noted(f"bands: {_flow(parameters['bands'])}", NOTES["bands"], sure.get("bands"))
        )
    lines += ["", f"# The windows are {sure['incident'].sure}: {_plain(sure['incident'].why)}"]
    lines += [_noted(f"{name}: {_flow(parameters[name])}", NOTES[name], None) for name in WINDOWS]
    return "\n".join(lines) + "\n"


def write(proposal: Proposal, path: Path, force: bool = False) -> None:
    """Write the params file. Raises `InputError` where one is there, or it cannot be written."""
    content = text(proposal)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "Not a directory" if isinstance(error, FileExistsError) else error.strerror
        raise InputError(f"{path}: cannot write it: {reason}") from error
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        raise InputError(
            f"{path}: it is there already; add --force, or name another by --out or --case"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot write it: {error.strerror}") from error
    if params.load(path) != proposal.question:
        path.unlink()
        raise InputError(f"{path}: what was proposed cannot be written down; rename its columns")


def _noted(line: str, meaning: str, assumed: Any) -> str:
    notes = [meaning] if meaning else []
    if assumed is not None:
        notes.append(f"{assumed.sure}: {assumed.why}")
    return f"{line:<38} # {_plain('; '.join(notes))}" if notes else line


def _plain(line: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in line).split())


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    if isinstance(value, float):
        return f"{value:.10g}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """A value as YAML, in quotes where it needs them."""
    plain_text = str(value)
    try:
        date.fromisoformat(plain_text)
    except ValueError:
        pass
    else:
        return plain_text
    style = None if plain_text.isprintable() else '"'
    node = yaml.ScalarNode("tag:yaml.org,2002:str", plain_text, style=style)
    # Within a list, so that commas and brackets are quoted too.
    listed = yaml.SequenceNode("tag:yaml.org,2002:seq", [node], flow_style=True)
    written = yaml.serialize(listed, Dumper=yaml.SafeDumper, allow_unicode=True, width=float("inf"))
    return str(written).strip()[1:-1]
