"""Params files, overrides and notebook parameters become a Question, or one clear line."""

import copy
import difflib
import re
import reprlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from investigate.errors import InputError
from investigate.question import fields, history, outcomes, relative
from investigate.question import question as q
from investigate.question.policies import DEEPEST, LARGEST, MOST_VALUES
from investigate.question.question import Question

At = tuple[str | int, ...]
Lines = dict[At, int]

EXAMPLE = "for example -p incident.end=2024-03-08"
LOGS = re.compile(r"\.(parquet|pq|csv|tsv|duckdb|db)(\.gz)?$", re.IGNORECASE)
"""Names of files that are no questions."""
INNER: dict[At, type[BaseModel]] = {
    (): Question,
    ("log",): fields.Table,
    ("columns",): q.Columns,
    ("baseline",): q.Window,
    ("incident",): q.Window,
    ("outcomes",): outcomes.Outcomes,
    ("outcomes", "log"): fields.Table,
    ("outcomes", "columns"): outcomes.OutcomeColumns,
    ("history",): history.History,
    ("history", "log"): fields.Table,
    ("history", "columns"): history.HistoryColumns,
    ("replay",): history.Replay,
    ("replay", "arms"): history.CandidateFix,
    ("replay", "arms", "history"): fields.Table,
    ("events",): q.Event,
    ("thresholds",): q.Thresholds,
}
"""What holds keys of its own, by where it is (positions in lists left out)."""

LISTS = {("cohorts",), ("events",), ("notebooks",), ("precedence",), ("replay", "arms")}
TAGS = {"<path>", "<memory>", "<other>"}
"""How the schema marks the forms of a source; they are no keys."""


def load(path: str | Path, overrides: Iterable[str] = ()) -> Question:
    """Read the question in a YAML file; ``overrides`` are ``name=value`` pairs.

    Every scalar is read as the text that is there and takes its type from the
    question's schema alone, so ``no``, ``007`` and dates mean what was written.
    Raises `InputError` with one line that says what is wrong, where, and the remedy.
    """
    path = Path(path)
    if LOGS.search(path.name) and path.is_file():
        raise InputError(
            f"{path}: this is a log, not a question about one; 'investigate init {path}' writes one"
        )
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: it is larger than {LARGEST:,} bytes; a question is short")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the params file: {reason}") from error
    values, lines = _read(text, lambda line: f"{path}:{line}")
    if not isinstance(values, dict):
        raise InputError(f"{path}: a params file is a mapping with keys {_listed(_keys(()))}")
    origins: dict[At, str] = {}
    for override in overrides:
        _apply(override, values, lines, origins)
    return _validated(values, lines, str(path), origins)


_SHOWN = [name for name in q.ADDED if name not in q.BESIDE]


def from_names(names: Mapping[str, object]) -> Question:
    """The question that a notebook's parameters spell, from its ``globals()``."""
    known = (*Question.parameter_names(), *q.FORMATS)
    values = {name: names[name] for name in known if name in names}
    # A notebook may call something else by these names: numpy has a function called where.
    values |= {n: names[n] for n in _SHOWN if n in names and not callable(names[n])}
    return from_values(values, "notebook parameters")


def from_values(values: Mapping[str, Any], where: str) -> Question:
    """The question with these `values`; errors name `where`."""
    return _validated(values, {}, where, {})


class _Dumper(yaml.SafeDumper):
    """Writes text so that it is read back as it was, line separators of all kinds included."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = None if data.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def as_yaml(question: Question) -> str:
    """The question as the text of a params file, which loads back equal."""
    return yaml.dump(
        question.parameters(),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )


def _read(text: str, place: Callable[[int], str]) -> tuple[Any, Lines]:
    """What the YAML says as text alone, and where each value is."""
    lines: Lines = {}

    size = 0

    def plain(node: yaml.Node | None, at: At) -> Any:
        nonlocal size
        if node is None:
            return None
        size += 1
        if size > MOST_VALUES or len(at) > DEEPEST:
            raise InputError(
                f"{place(node.start_mark.line + 1)}: aliases make this more than {MOST_VALUES:,} "
                f"values, or it is more than {DEEPEST} levels deep; write out what is asked"
            )
        lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [plain(item, (*at, i)) for i, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return None if node.tag == "tag:yaml.org,2002:null" else node.value
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(f"{place(line)}: a key must be a plain name")
            if name in mapping:
                raise InputError(f"{place(line)}: {name!r} stands here twice; remove one")
            mapping[name] = plain(value, (*at, name))
            lines[(*at, name)] = line
        return mapping

    try:
        return plain(yaml.compose(text, Loader=yaml.SafeLoader), ()), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # The context says what was being read, the problem what was there instead.
        message = ", ".join(part for part in (error.context, error.problem) if part)
        raise InputError(f"{place(line)}: this is not YAML: {message}") from error
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{place(1)}: this is not YAML: {reason}") from error
    except RecursionError as error:
        raise InputError(
            f"{place(1)}: nested too deeply, or an alias that holds itself; write it out"
        ) from error


def _apply(override: str, values: dict[str, Any], lines: Lines, origins: dict[At, str]) -> None:
    name, equals, text = override.partition("=")
    at: At = tuple(name.strip().split("."))
    if not equals:
        raise InputError(f"-p {override!r}: write name=value, {EXAMPLE}")
    if not all(str(part).isidentifier() for part in at):
        raise InputError(f"-p {override!r}: {_unknown(at)}")
    origins[at] = f"-p {name.strip()}"
    for below in [known for known in lines if known[: len(at)] == at]:
        del lines[below]
    target = values
    for part in at[:-1]:
        inner = target.get(str(part))
        target[str(part)] = dict(inner) if isinstance(inner, dict) else {}
        target = target[str(part)]
    target[str(at[-1])] = _typed(at, text, origins[at])


def _typed(at: At, text: str, where: str) -> Any:
    """The value that `text` spells at this place of the schema: text, a mapping or a list."""
    opening = text.lstrip()[:1]
    if at[0] in ("where", "bands") and opening == ("{" if len(at) == 1 else "["):
        return _read(text, lambda _: where)[0]
    if (opening == "{" and at in INNER and at not in LISTS) or (opening == "[" and at in LISTS):
        return _read(text, lambda _: where)[0]
    if at == ("cohorts",):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _validated(
    values: Mapping[str, Any], lines: Lines, where: str, origins: Mapping[At, str]
) -> Question:
    values = relative.resolved(values)
    try:
        return Question.model_validate(values)
    except ValidationError as failure:
        # A misspelt key is also a missing one; its own line tells more.
        errors = sorted(failure.errors(), key=lambda error: error["type"] != "extra_forbidden")
        problems, wrong = [], []
        for error in errors:
            at = tuple(part for part in error["loc"] if part not in TAGS)
            at = at or getattr(error.get("ctx", {}).get("error"), "at", ())
            wrong.append(at)
            place = _place(at, lines, where, origins)
            problems.append(f"{place}: {_worded(error, at, place)}")
        first = InputError(problems[0])
        first.others = tuple(line for line in dict.fromkeys(problems) if line != problems[0])
        first.rest = _without(values, wrong)
        raise first from failure


_STAND_INS: dict[str, Any] = {
    "case": "rest",
    "baseline": {"start": "2000-01-01", "end": "2000-01-02"},
    "incident": {"start": "2000-01-02", "end": "2000-01-03"},
}
"""What replaces something wrong in a question, so that its files can be judged."""


def _without(values: Mapping[str, Any], wrong: Iterable[At]) -> Question | None:
    """The question without what is `wrong`, if it is one, so that the rest can be judged too."""
    kept = copy.deepcopy(dict(values))
    wrong = list(wrong)
    for at in wrong:
        inner: Any = kept
        for part in at[:-1]:
            inner = inner.get(part) if isinstance(inner, dict) else None
        if at and isinstance(inner, dict):
            inner.pop(at[-1], None)
        elif at:
            kept.pop(str(at[0]), None)
    if any(at and at[0] in _STAND_INS for at in wrong):
        kept |= _STAND_INS
    try:
        return Question.model_validate(kept)
    except ValidationError:
        return None


def _place(at: At, lines: Lines, where: str, origins: Mapping[At, str]) -> str:
    for n in range(len(at), 0, -1):
        line = lines.get(at[:n])
        own = origins.get(at[:n])
        below = next((origins[known] for known in origins if known[:n] == at[:n]), None)
        here = f"{where}:{line}" if line else None
        # An override of a part is to blame for the whole, but not for its other parts.
        place = own or (below or here if n == len(at) else here or below)
        if place:
            return place
    return where


def _worded(error: Any, at: At, place: str) -> str:
    name, value = _name(at), error["input"]
    lead = "" if not name or place == f"-p {name}" else f"{name}: "
    if error["type"] == "extra_forbidden":
        return _unknown(at)
    if error["type"] == "missing":
        return f"{name!r} is missing; add it"
    if value in (None, "") or error["type"] == "too_short":
        return f"{lead}nothing stands here; write a value or remove the key"
    if error["type"] == "value_error":
        return f"{lead}{error['ctx']['error']}"
    return f"{lead}{_expected(error, at)}, got {_short(value)}"


def _expected(error: Any, at: At) -> str:
    schema: At = tuple(part for part in at if isinstance(part, str))
    keys = f"a mapping with keys {_listed(_keys(schema))}"
    if schema in (("log",), ("history", "log"), ("outcomes", "log")):
        return f"expected a path or {keys}"
    match error["type"]:
        case "tuple_type" | "list_type" if schema == ("events",):
            return f"expected a path or a list of mappings with keys {_listed(_keys(schema))}"
        case "tuple_type" | "list_type":
            return "expected a list such as [a, b]"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"expected {keys}"
        case "string_type":
            return "expected text"
        case "literal_error":
            return f"must be {error['ctx']['expected']}"
        case _:
            return str(error["msg"]).replace("Input should be", "must be").split(",")[0]


def unknown(name: str) -> str:
    """What is wrong with a key that a question does not have, with the nearest one."""
    return _unknown((name,))


def _unknown(at: At) -> str:
    last, keys = str(at[-1]), _keys(tuple(part for part in at[:-1] if isinstance(part, str)))
    nearest = difflib.get_close_matches(last, keys, n=1)
    known = f"known are {_listed(keys)}" if keys else "nothing can stand below it"
    hint = f"did you mean {_name((*at[:-1], nearest[0]))!r}?" if nearest else known
    if not last.isidentifier():
        return f"{_name(at)!r} is no parameter name; {hint}"
    return f"unknown key {_name(at)!r}; {hint}"


def _name(at: At) -> str:
    """The place of a value, as overrides write it, with positions in lists: events[0].time."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in at).removeprefix(".")


def _keys(at: At) -> list[str]:
    names = list(INNER[at].model_fields) if at in INNER else []
    # How values are written is asked for least.
    return sorted(names, key=lambda name: name in q.FORMATS)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _short(value: object) -> str:
    shortened = reprlib.Repr()
    shortened.maxstring = shortened.maxother = 60
    return shortened.repr(value)
