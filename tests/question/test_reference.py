"""The reference of a question: complete, true, and the page and schema that are made of it."""

import datetime
import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from investigate.errors import InputError
from investigate.question import params, reference
from investigate.question.meanings import MEANINGS
from investigate.question.question import FORMATS, Question
from investigate.question.schema import schema

ROOT = Path(__file__).parents[2]
# Policies of a monitor name no case.
PARAMS = [
    path
    for path in sorted((ROOT / "params").glob("*.yml"))
    if {"case", "baseline"} <= yaml.safe_load(path.read_text("utf-8")).keys()
]
BASE = {
    "case": "a",
    "log": "b.csv",
    "columns": {"time": "t", "outcome": "y", "score": "s"},
    "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
    "incident": {"start": "2024-02-01", "end": "2024-03-01"},
}


def plain(value: Any) -> Any:
    """YAML's dates as an editor sees them: as text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def test_each_key_has_a_meaning_and_each_meaning_a_key() -> None:
    assert {model: set(meanings) for model, meanings in MEANINGS.items()} == {
        model: set(model.model_fields) for model in MEANINGS
    }
    assert set(params.INNER.values()) <= set(MEANINGS)


@pytest.mark.parametrize("key", reference.every_key(), ids=lambda key: key.name)
def test_each_example_is_a_value_of_its_key(key: reference.Key) -> None:
    at = key.name.split(".")
    value = yaml.load(key.example, yaml.BaseLoader)
    assert value
    asked: dict[str, Any] = json.loads(json.dumps(BASE))
    asked["incident"]["end"] = "2024-12-31"
    asked["cohorts"] = ["age"]
    needed: dict[str, Any] = {
        "log": {"url": "a.db", "table": "t"},
        "outcomes": {"log": "o.csv", "columns": {"key": "k", "outcome": "y", "observed_at": "z"}},
        "outcomes.log": {"url": "a.db", "table": "t"},
        "history": {"log": "h.csv"},
        "history.log": {"url": "a.db", "table": "t"},
        "replay.arms": [{"name": "n", "system": "s", "history": "h.csv"}],
        "replay.arms.history": {"url": "a.db", "table": "t"},
        "events": [{"time": "2024-01-01", "label": "l"}],
        "columns": {**BASE["columns"], "positive": ["a"]},
    }  # fmt: skip
    if at[0] in ("baseline", "incident"):
        other = {"start": "end", "end": "start"}.get(at[-1])
        far = {"start": "2023-01-01", "end": "2025-01-01"}
        window = {at[-1]: value, other: far[other]} if other else value
        lone = {"baseline": {"start": "2020-01-01", "end": "2020-02-01"},
                "incident": {"start": "2030-01-01", "end": "2030-02-01"}}  # fmt: skip
        params.from_values({**asked, **lone, at[0]: window}, "here")
        return
    if at[0] == "outcomes" or at[-1] == "key":
        # The table says which of its columns holds outcomes.
        del asked["columns"]["outcome"]
        asked["outcomes"] = json.loads(json.dumps(needed["outcomes"]))
        needed["columns"] = {"time": "t", "score": "s"}
    target: Any = asked
    for n, part in enumerate(at[:-1]):
        name = ".".join(at[: n + 1])
        if name in needed and name != "outcomes":
            target[part] = json.loads(json.dumps(needed[name]))
        target = target.setdefault(part, {})
        target = target[0] if isinstance(target, list) else target
    if at[-1] == "path":
        # A table or a path, not both.
        del target["table"]
    target[at[-1]] = value
    assert params.from_values(asked, "here") != params.from_values(BASE, "here")


def test_defaults_are_those_of_a_question_that_says_nothing() -> None:
    question = params.from_values({**BASE, "history": "h.csv"}, "here")
    seen = 0
    for key in reference.every_key():
        if key.default not in reference.WORDS:
            value: Any = question
            for part in key.name.split("."):
                value = getattr(value, part)
            # The last writer's value counts where no system is listed.
            assert yaml.safe_load(key.default) == (value if value != () else "last")
            seen += 1
    assert seen == 13


def test_a_part_of_a_name_is_enough_where_it_is_the_only_one() -> None:
    assert reference.key("confidence").name == "thresholds.confidence"
    assert reference.key("columns").below[0] == "columns.time_format"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cohort", "'cohort' is no key of a question; did you mean cohorts?"),
        ("start", "'start' is no key of a question; did you mean baseline.start or incident.start"),
        ("zzz", "'zzz' is no key of a question; known are case, log, columns, baseline,"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        reference.key(name)
    assert str(caught.value).startswith(message)


def test_the_page_and_the_schema_in_docs_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("page", ROOT / "tools" / "question_page.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.pages().items():
        assert path.read_text("utf-8") == text, "run python tools/question_page.py"


@pytest.mark.parametrize("path", PARAMS, ids=lambda path: path.stem)
def test_the_schema_takes_the_questions_that_the_kit_takes(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    document = plain(yaml.safe_load(path.read_text("utf-8")))
    jsonschema.Draft202012Validator(schema()).validate(document)


@pytest.mark.parametrize(
    ("change", "fine"),
    [
        ({"history": "h.csv", "replay": [], "precedence": "last", "events": "e.csv"}, True),
        ({"precedence": ["a", "b"], "where": {"c": ["a", 1], "d": True}, "every": "hour"}, True),
        ({"positive": "yes", "decimal": ",", "notebooks": "my/*.ipynb"}, True),
        ({"log": {"url": "a.db", "table": "t"}, "thresholds": {"confidence": 0.9}}, True),
        ({"cohort": ["a"]}, False),
        ({"columns": {"time": "t", "outcome": "y"}}, False),
        ({"columns": {**BASE["columns"], "turned": "minus"}}, False),
        ({"every": "week"}, False),
        ({"thresholds": {"confidence": 2}}, False),
        ({"baseline": {"start": "soon", "end": "2024-01-01"}}, False),
        ({"cohorts": "country"}, False),
    ],
)
def test_the_schema_agrees_with_the_kit(change: dict[str, Any], fine: bool) -> None:
    document = {**BASE, **change}
    assert jsonschema.Draft202012Validator(schema()).is_valid(document) is fine
    try:
        params.from_values(document, "here")
    except InputError:
        assert not fine
    else:
        assert fine


@pytest.mark.slow
def test_formats_may_stand_above() -> None:
    assert set(schema()["properties"]) == set(Question.model_fields) | set(FORMATS)
