"""The documentation: links lead somewhere, code blocks name what exists, answers are those of runs.

`make docs` builds the site without a warning and looks at what was built; CI runs it.
"""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
import yaml
from sklearn.metrics import roc_auc_score

import investigate
from investigate import figures
from investigate.api.investigation import Investigation
from investigate.cli import app
from investigate.log import bins
from investigate.paths import PROJECT
from investigate.question import params
from tools import gallery
from tools.docs import check, pages

pytestmark = pytest.mark.quick_cases(1)

DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
DOCUMENTS = [*PAGES, PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"]
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)
DOCTESTED = {"docs/api.md"}
"""Run by tests/api/test_public.py."""
TOOLS = {"cat", "cd", "git", "make", "pip"}
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.M))


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def blocks(*kinds: str) -> list[Any]:
    """Each fenced block of one of `kinds`, with its page."""
    return [
        pytest.param(body, id=f"{name(path)}-{number}")
        for path in DOCUMENTS
        for number, (kind, body) in enumerate(FENCE.findall(path.read_text("utf-8")))
        if kind in kinds and not (name(path) in DOCTESTED and ">>>" in body)
    ]


def wrong(line: str) -> list[str]:
    """What a line of the shell names that does not exist."""
    found = []
    for part in re.split(r"&&|;|\|", re.sub(r"(^|\s)#.*", "", line)):
        words = shlex.split(part)
        if not words:
            continue
        program = words[0].removeprefix(".venv/bin/")
        if program == "investigate":
            found += list(unknown(words[1:]))
        elif program == "make":
            found += [
                f"make {word}" for word in words[1:] if "=" not in word and word not in TARGETS
            ]
        elif program in ("python", "papermill", "bash", "conda"):
            paths = [word for word in words[1:] if "/" in word and not word.startswith("build")]
            found += [path for path in paths if not (PROJECT / path).exists()]
        elif program not in TOOLS:
            found.append(program)
    return found


def unknown(words: list[str]) -> Iterator[str]:
    """What of ``investigate WORDS`` the command line does not know."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        yield f"investigate {' '.join(words[:1])}"
        return
    known = {option for one in command.params for option in one.opts}
    flags = {o for one in command.params if getattr(one, "is_flag", False) for o in one.opts}
    given, takes = 0, sum(one.param_type_name == "argument" for one in command.params)
    rest = iter(words[1:])
    for word in rest:
        option = word.partition("=")[0]
        if not word.startswith("-"):
            given += 1
        elif option not in known:
            yield f"investigate {words[0]} {option}"
            return
        elif option not in flags and "=" not in word and next(rest, None) is None:
            yield f"investigate {words[0]} {option} without a value"
    if given > takes:
        yield f"investigate {words[0]} with {given} arguments"
    for one in command.params:
        if one.required and one.param_type_name == "option" and not {*one.opts} & {*words}:
            yield f"investigate {words[0]} without {one.opts[0]}"
    if given < sum(one.required for one in command.params if one.param_type_name == "argument"):
        yield f"investigate {words[0]} with {given} arguments"


def test_every_link_leads_somewhere_and_every_page_is_on_the_site(tmp_path: Path) -> None:
    assert pages.main(tmp_path / "pages") == 0
    laid = {path.relative_to(tmp_path / "pages").as_posix() for path in tmp_path.rglob("*.md")}
    assert {name(path) for path in PAGES} <= laid


def test_a_link_to_nothing_is_seen(tmp_path: Path) -> None:
    text, targets = pages.relinked("[a](b.md#c) `[x](y.md)` ![p](../data/demo.png)", "docs/a.md")
    assert targets == ["docs/b.md", "data/demo.png"]
    assert text == "[a](b.md#c) `[x](y.md)` ![p](../data/demo.png)"
    assert pages.relinked("[n](learn/4_replay.ipynb)", "docs/a.md")[0] == "[n](learn/4_replay.md)"
    assert pages.relinked("```md\n[a](b.md)\n```\n", "docs/a.md")[1] == []


def test_what_is_wrong_with_a_built_page_is_seen(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text('<p id="there">', "utf-8")
    sound = '<a href="b.html#there">b</a><a href="https://x.org">x</a><img src="b.html" alt="b">'
    (tmp_path / "a.html").write_text(sound, "utf-8")
    assert check.faults(tmp_path) == []
    broken = '<a href="c.html">c</a><a href="b.html#gone">b</a><img src="b.html">'
    (tmp_path / "a.html").write_text(f'{broken}<script src="https://x.org/x.js">', "utf-8")
    assert sorted(check.faults(tmp_path)) == [
        "a.html: a picture without a text",
        "a.html: b.html#gone names no place of its page",
        "a.html: c.html leads nowhere",
        "a.html: loads https://x.org/x.js from elsewhere",
    ]


def test_every_block_says_what_it_is() -> None:
    kinds = {kind for path in DOCUMENTS for kind, _ in FENCE.findall(path.read_text("utf-8"))}
    # A command file of CONTRIBUTING is shown without a language.
    assert kinds <= {"sh", "yaml", "python", "text", "cron", ""}
    for path in PAGES:
        assert all(kind for kind, _ in FENCE.findall(path.read_text("utf-8"))), path


@pytest.mark.parametrize("block", blocks("sh"))
def test_shell_blocks_name_commands_and_options_that_exist(block: str) -> None:
    lines = [line for line in block.splitlines() if line.strip()]
    assert lines
    assert [fault for line in lines for fault in wrong(line)] == []


@pytest.mark.parametrize("block", blocks("cron"))
def test_cron_blocks_name_commands_that_exist(block: str) -> None:
    for line in block.splitlines():
        *when, command = line.split(maxsplit=5)
        assert len(when) == 5
        assert wrong(command) == []


def test_what_does_not_exist_is_seen() -> None:
    assert wrong("make demo && .venv/bin/investigate verify audit/") == []
    assert wrong("make dmeo") == ["make dmeo"]
    assert wrong(".venv/bin/investigate rnu x.yml") == ["investigate rnu"]
    assert wrong(".venv/bin/investigate run x.yml --jbos 2") == ["investigate run --jbos"]
    assert wrong(".venv/bin/investigate run x.yml y.yml") == ["investigate run with 2 arguments"]
    assert wrong(".venv/bin/investigate run") == ["investigate run with 0 arguments"]
    assert wrong(".venv/bin/investigate sign x") == ["investigate sign without --verdict"]
    assert wrong("curl x") == ["curl"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_prose_names_commands_that_exist(path: Path) -> None:
    text = FENCE.sub("", path.read_text("utf-8"))
    named = re.findall(r"`investigate ([a-z-]+)(?=[ `])", text)
    assert {one for one in named if one not in COMMANDS} == set()
    assert {one for one in re.findall(r"`make ([a-z]+)", text) if one not in TARGETS} == set()


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_blocks_are_questions_or_parts_of_one(block: str, tmp_path: Path) -> None:
    document = yaml.safe_load(block)
    assert isinstance(document, dict)
    if "case" in document:
        file = tmp_path / "question.yml"
        file.write_text(block, encoding="utf-8")
        assert params.load(file).case == document["case"]


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_name_what_exists(block: str) -> None:
    for node in ast.walk(ast.parse(block)):
        match node:
            case ast.Attribute(value=ast.Name(id="found"), attr=attr):
                assert hasattr(Investigation, attr), attr
            case ast.Attribute(value=ast.Name(id="investigate"), attr=attr):
                assert hasattr(investigate, attr), attr
            case ast.Constant(value=str(text)) if ".venv/bin/" in text:
                # What Airflow's filter `ts` makes of a moment.
                made = text.replace("{{ data_interval_end | ts }}", "2024-02-08T06:15:00+00:00")
                assert "{{" not in made
                assert wrong(made) == []


@pytest.mark.parametrize("case", ["demo", *gallery.SHOWN])
def test_answers_in_the_pages_have_the_auc_of_the_log(case: str) -> None:
    """The AUC line of each block against scikit-learn on the rows."""
    pattern = re.compile(rf"<!-- answer: {case} -->\n```text\n(.*?)```", re.S)
    answers = [found[1] for page in DOCUMENTS if (found := pattern.search(page.read_text("utf-8")))]
    assert len(set(answers)) == 1
    line = re.search(r"^AUC +(0\.\d+) \S+ \S+ → (0\.\d+)", answers[0], re.M)
    assert line
    if case in gallery.MADE:
        rows, asked = gallery.made(case)
        for shown, (start, end) in zip(
            line.groups(), (asked["baseline"], asked["incident"]), strict=True
        ):
            own = rows[(rows[asked["time"]] >= start) & (rows[asked["time"]] < end)]
            area = roc_auc_score(own[asked["outcome"]], own[asked["score"]])
            assert float(shown) == pytest.approx(area, abs=0.0011)
        # The fault that was put in.
        place = {"digits": "scanner south", "checkout": "platform android"}[case]
        assert re.search(rf"^answer +Suspect in {place}", answers[0])
        return
    asked = params.load(PROJECT / "params" / f"{case}.yml")
    columns = asked.columns
    log = pd.read_parquet(PROJECT / str(asked.log))
    if asked.outcomes is not None:
        outcomes = pd.read_parquet(PROJECT / str(asked.outcomes.log))
        log = log.merge(outcomes, left_on=columns.key, right_on=asked.outcomes.columns.key)
    time = pd.to_datetime(log[columns.time], utc=True)
    for shown, window in zip(line.groups(), (asked.baseline, asked.incident), strict=True):
        start, end = (pd.Timestamp(moment) for moment in window.bounds("UTC"))
        rows = log[(time >= start) & (time < end)]
        area = roc_auc_score(rows[columns.outcome], rows[columns.score])
        assert float(shown) == pytest.approx(area, abs=0.0011)


def test_figures_of_pages_are_small() -> None:
    pictures = [*DOCS.rglob("figures/*.png"), *DOCS.rglob("gallery/*.png")]
    assert len(pictures) > 15
    assert [name(one) for one in pictures if one.stat().st_size > 150_000] == []


def test_every_figure_is_explained() -> None:
    text = (DOCS / "figures.md").read_text("utf-8")
    assert [n for n in figures.__all__ if f"(figures/{n}.png)" not in text] == []


def test_limits_tell_the_limit_of_exact_bins() -> None:
    assert f"{bins.EXACT:,} different scores" in (DOCS / "limits.md").read_text("utf-8")


@pytest.mark.slow
def test_what_builds_the_site_is_pinned_with_hashes() -> None:
    lock = (PROJECT / "tools" / "docs" / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^[\w.-]+==\S+.*\\\n {4}--hash=sha256:[0-9a-f]{64}", lock, re.M)
    assert len(pins) == len(re.findall(r"^[\w.-]+==", lock, re.M)) > 20
    assert "://" not in lock
