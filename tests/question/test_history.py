"""The keys of a params file that a replay takes: what may be there, and what may not."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.question import params
from investigate.question.question import Question

TEXT = """\
case: made
log: log.parquet
columns: {time: t, outcome: y, score: s, item: i}
baseline: {start: 2024-01-01, end: 2024-02-01}
incident: {start: 2024-02-01, end: 2024-03-01}
history: h.csv
"""
NAMES: dict[str, Any] = yaml.safe_load(TEXT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(extra: str, *overrides: str) -> Question:
    Path("q.yml").write_text(TEXT + extra, encoding="utf-8")
    return params.load("q.yml", overrides)


def refused(extra: str, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        load(extra, *overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_need_not_be_said(folder: Path) -> None:
    question = load("")
    assert question.precedence == ()
    assert question.score_formula is None
    assert question.replay.arms == ()
    assert question.freeze() == datetime(2024, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["last", "Last", "latest", "last writer wins", "last_writer_wins", "'null'", "", "~", "[]"],
)
def test_the_last_writer_wins(folder: Path, text: str) -> None:
    assert load(f"precedence: {text}\n").precedence == ()
    assert load(f"precedence: {text}\n") == load("")


@pytest.mark.parametrize("text", ["[elo, rules]", "['elo', \"rules\"]", "\n  - elo\n  - rules"])
def test_a_fixed_order(folder: Path, text: str) -> None:
    assert load(f"precedence: {text}\n").precedence == ("elo", "rules")
    assert load("", "precedence=[elo, rules]").precedence == ("elo", "rules")
    assert load("precedence: [1, no]\n").precedence == ("1", "no")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logistic(ability - difficulty)", "logistic(ability - difficulty)"),
        ("'  ability   −   difficulty '", "ability - difficulty"),
        ("null", None),
        ("", None),
    ],
)
def test_a_formula(folder: Path, text: str, expected: str | None) -> None:
    assert load(f"score_formula: {text}\n").score_formula == expected


def test_a_freeze_is_read_in_the_questions_zone(folder: Path) -> None:
    found = load("timezone: Europe/Berlin\nreplay: {freeze: 2024-02-10}\n")
    assert found.replay.freeze == date(2024, 2, 10)
    assert found.freeze() == datetime(2024, 2, 9, 23, tzinfo=UTC)
    assert load("replay: {freeze: 2024-02-10T06:00+02:00}\n").freeze().hour == 4
    assert load("", "replay.freeze=2024-01-20").freeze() == datetime(2024, 1, 20, tzinfo=UTC)
    for nothing in ("replay:\n", "replay: {freeze: null}\n", "replay: {}\n"):
        assert load(nothing).freeze() == load("").freeze()


ARM = "{name: fix, system: elo, history: fixed.csv}"


def test_arms_stand_alone_or_beside_a_freeze(folder: Path) -> None:
    for text in (f"replay: [{ARM}]\n", f"replay: {{arms: [{ARM}]}}\n"):
        (arm,) = load(text).replay.arms
        assert (arm.name, arm.system, arm.history) == ("fix", "elo", "fixed.csv")
    both = load(f"replay:\n  freeze: 2024-02-03\n  arms:\n    - {ARM}\n")
    assert len(both.replay.arms) == 1
    assert both.replay.freeze == date(2024, 2, 3)
    table = load("replay: [{name: a, system: b, history: {url: 'duckdb:///x', table: t}}]\n")
    assert table.replay.arms[0].history.table == "t"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("precedence: elo\n", "q.yml:7: precedence: 'elo' is no precedence; write last, or list"),
        ("precedence: first\n", "q.yml:7: precedence: 'first' is no precedence; write last"),
        ("precedence: [elo, elo]\n", "q.yml:7: precedence: 'elo' is listed twice"),
        ("precedence: [elo, '']\n", "q.yml:7: precedence[1]: nothing stands here"),
        ("precedence: {elo: 1}\n", "q.yml:7: precedence: expected a list such as [a, b]"),
        ("precedance: last\n", "q.yml:7: unknown key 'precedance'; did you mean 'precedence'?"),
        ("score_formula: ability\n", "q.yml:7: score_formula: 'ability' needs both"),
        ("score_formula: ability - skill\n", "q.yml:7: score_formula: 'ability - skill' is no"),
        ("score_formula: ability * difficulty\n", "q.yml:7: score_formula: 'ability * difficulty'"),
        ("score_formula: [a]\n", "q.yml:7: score_formula: expected text"),
        ("score-formula: a\n", "q.yml:7: 'score-formula' is no parameter name; did you mean"),
        ("replay:\n  freeze: soon\n", "q.yml:8: replay.freeze: 'soon' is no date; write 2024"),
        ("replay:\n  freze: 2024-02-03\n", "q.yml:8: unknown key 'replay.freze'; did you mean"),
        ("replay: elo\n", "q.yml:7: replay: expected a mapping with keys freeze, arms"),
        ("replay: [elo]\n", "q.yml:7: replay.arms[0]: expected a mapping with keys name, system"),
        (
            "replay:\n  arms:\n    - {name: a, system: b}\n",
            "q.yml:9: 'replay.arms[0].history' is missing; add it",
        ),
        (
            f"replay:\n  arms:\n    - {ARM}\n    - {{name: b, systm: c, history: d}}\n",
            "q.yml:10: unknown key 'replay.arms[1].systm'; did you mean 'replay.arms[1].system'?",
        ),
        (
            f"replay:\n  arms:\n    - {ARM}\n    - {ARM}\n",
            "q.yml:8: replay.arms: two arms are called 'fix'; rename one",
        ),
    ],
)
def test_says_what_is_wrong_and_where(folder: Path, extra: str, expected: str) -> None:
    assert refused(extra).startswith(expected)


def test_an_override_is_named(folder: Path) -> None:
    assert refused("", "precedence=elo").startswith("-p precedence: 'elo' is no precedence")
    assert refused("", "score_formula=ability").startswith("-p score_formula: 'ability' needs")
    assert refused("", "replay.freeze=soon").startswith("-p replay.freeze: 'soon' is no date")


def test_at_most_sixteen_arms(folder: Path) -> None:
    arms = ", ".join(ARM.replace("fix,", f"fix{n},") for n in range(17))
    assert "16" in refused(f"replay: [{arms}]\n")
    assert len(load(f"replay: [{arms.rsplit(', {', 1)[0]}]\n").replay.arms) == 16


words = st.text("abcdefgh_0123", min_size=1, max_size=6)
arm = st.builds(lambda s, h: {"system": s, "history": h}, words, words)


@pytest.mark.slow
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "precedence": st.one_of(st.just("last"), st.lists(words, unique=True)),
            "score_formula": st.sampled_from(
                [None, "ability - difficulty", "sigmoid( 2*(ability−difficulty) )"]
            ),
            "replay": st.fixed_dictionaries(
                {},
                optional={
                    "freeze": st.sampled_from([None, "2024-01-15", "2024-02-03T04:05+06:00"]),
                    "arms": st.lists(arm, max_size=3).map(
                        lambda arms: [{"name": f"n{i}", **one} for i, one in enumerate(arms)]
                    ),
                },
            ),
        },
    )
)
def test_parameters_are_the_question_again(changes: dict[str, Any]) -> None:
    question = params.from_names({**NAMES, **changes})
    parameters = question.parameters()
    assert params.from_names(parameters) == question
    assert params.from_names(yaml.safe_load(yaml.safe_dump(parameters))) == question
    assert params.from_names(parameters).fingerprint() == question.fingerprint()


def test_every_key_counts_in_the_fingerprint() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"precedence": ["a", "b"]},
        {"precedence": ["b", "a"]},
        {"score_formula": "ability - difficulty"},
        {"replay": {"freeze": "2024-02-02"}},
        {"replay": [{"name": "n", "system": "s", "history": "h"}]},
    ]
    prints = {params.from_names({**NAMES, **change}).fingerprint() for change in changes}
    assert len(prints) == len(changes)
