"""The JSON schema of a params file, from which editors complete and check.

It is pydantic's, with what people may write besides: a path where a mapping could be, one
text where a list could, a number where text is asked for; and with the meaning of each key.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from investigate.question import question as q
from investigate.question.meanings import MEANINGS

Schema = dict[str, Any]

_MOMENT: Schema = {
    "type": "string",
    "format": "moment",
    "pattern": r"^(\d{4}-\d{2}-\d{2}|today$|yesterday$|-\d{1,4}[dwh]$)",
}
_MOMENTS = {
    ("Window", "start"),
    ("Window", "end"),
    ("Event", "time"),
    ("Replay", "freeze"),
    ("Outcomes", "as_of"),
}
_TEXT: Schema = {"type": ["string", "number"], "minLength": 1}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_PATH: Schema = {"type": "string", "format": "path", "minLength": 1}
_SHORT: dict[tuple[str, str], list[Schema]] = {
    ("Question", "history"): [_PATH, {"$ref": "#/$defs/History"}],
    ("Question", "replay"): [
        {"$ref": "#/$defs/Replay"},
        {"type": "array", "items": {"$ref": "#/$defs/Arm"}},
    ],
    ("Question", "events"): [_PATH, {"type": "array", "items": {"$ref": "#/$defs/Event"}}],
    ("Question", "precedence"): [{"enum": ["last"]}, _TEXTS],
    ("Question", "notebooks"): [_PATH, _TEXTS],
    ("Question", "where"): [{"type": "object", "additionalProperties": {"anyOf": [
        {"type": ["string", "number", "boolean"]}, {"type": "array", "minItems": 1},
    ]}}],
    ("Question", "bands"): [{"type": "object", "additionalProperties": {"anyOf": [
        {"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1},
    ]}}],
    ("Columns", "positive"): [{"type": ["string", "number", "boolean"]}, {"type": "array"}],
    ("Columns", "negative"): [{"type": ["string", "number", "boolean"]}, {"type": "array"}],
}  # fmt: skip
_NOTHING: Schema = {"type": "null"}


@cache
def schema() -> Schema:
    """The schema as plain JSON values; not to be changed."""
    document = q.Question.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "A question of investigate"
    document["description"] = (
        "Why did the AUC of a score fall, in which log, between which windows?"
    )
    # Nobody writes down a table that a program held.
    del document["$defs"]["InMemory"]
    columns = document["$defs"]["Columns"]["properties"]
    for model, meanings in MEANINGS.items():
        name = model.__name__
        definition = document if model is q.Question else document["$defs"][name]
        if model is not q.Question:
            definition["description"] = (model.__doc__ or "").partition("\n")[0]
        definition.pop("title", None) if model is not q.Question else None
        for key, meaning in meanings.items():
            definition["properties"][key] = {
                **_lenient(name, key, definition["properties"][key]),
                "description": meaning.text,
            }
    # The table of outcomes says which of its columns holds them.
    document["$defs"]["Columns"]["required"].remove("outcome")
    document["properties"] |= {name: columns[name] for name in q.FORMATS}
    return document


_SHARES = {("Thresholds", key) for key in ("confidence", "false_discovery_rate", "unreadable")}
_PERCENT: Schema = {"type": "string", "format": "percent", "pattern": "^[0-9.]+ ?%$"}


def _lenient(model: str, key: str, definition: Schema) -> Schema:
    kept = {name: definition[name] for name in ("default",) if name in definition}
    if key == "precedence":
        kept = {"default": "last"}
    if short := _SHORT.get((model, key)):
        return {"anyOf": [*short, _NOTHING], **kept}
    if (model, key) in _MOMENTS:
        moment = [_MOMENT, _NOTHING] if key in ("freeze", "as_of") else [_MOMENT]
        return {"anyOf": moment, **kept} if len(moment) > 1 else {**_MOMENT, **kept}
    plain = {
        name: value for name, value in definition.items() if name not in ("title", "discriminator")
    }
    if (model, key) in _SHARES:
        del plain["default"]
        return {"anyOf": [plain, _PERCENT], **kept}
    return _opened(plain)


def _opened(definition: Schema) -> Schema:
    """`definition` where a number is taken for text, and no table in memory for a source."""
    if definition.get("type") == "string":
        return {**definition, "type": ["string", "number"]}
    for forms in ("anyOf", "oneOf"):
        if forms in definition:
            kept = [f for f in definition[forms] if f.get("$ref") != "#/$defs/InMemory"]
            sources = any(form.get("$ref") == "#/$defs/Table" for form in kept)
            opened = [_PATH if sources and f.get("type") == "string" else _opened(f) for f in kept]
            return {**{k: v for k, v in definition.items() if k != forms}, "anyOf": opened}
    if definition.get("type") == "array":
        return {**definition, "items": _opened(definition["items"])}
    return definition


def names() -> Iterator[tuple[str, str]]:
    """Each part of a question that has keys, and each of its keys."""
    for model in MEANINGS:
        for name in model.model_fields:
            yield model.__name__, name
