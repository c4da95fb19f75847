"""Every error of the kit is named by a test, or a test is known that raises it."""

import ast
from pathlib import Path

import pytest

from tools import errors_reached

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
REMEDY = (
    "write a test with words of its message, or let "
    "`python -m tools.errors_reached --write TESTS` find the test that raises it"
)


def test_every_error_is_named_by_a_test_or_known_to_be_raised_by_one() -> None:
    known = errors_reached.listed()
    new = [f"{file}: {source}" for file, source in errors_reached.unnamed()]
    new = [error for error in new if tuple(error.split(": ", 1)) not in known]
    assert not new, f"{REMEDY}: {new}"


def test_the_list_names_nothing_that_is_gone() -> None:
    there = set(errors_reached.unnamed())
    for error, test in errors_reached.listed().items():
        assert error in there, f"{error} needs no line in {errors_reached.LISTED.name} any more"
        file, _colons, name = test.partition("::")
        tree = ast.parse((TESTS.parent / file).read_text(encoding="utf-8"))
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{error}: {test} is gone"


def test_every_class_of_errors_is_looked_for() -> None:
    assert errors_reached.classes() == errors_reached.OWN


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ('InputError("log: it holds no row at all")', {"log: it holds", "row at all"}),
        ('InputError(f"{where}: no {name!r} there; write one")', {"there; write one"}),
        ("InputError(problems[0])", set()),
    ],
)
def test_an_error_is_named_by_three_words_in_a_row(source: str, known: set[str]) -> None:
    (call,) = errors_reached.made(ast.parse(source))
    assert known <= errors_reached.pieces(call)
    assert bool(known) == bool(errors_reached.pieces(call))
