import pytest

from investigate.rendering import (
    counted,
    one_line,
    plain,
    shown,
    signed,
    title_of,
    unbroken,
    utc,
    value,
)


def test_times_are_utc() -> None:
    assert utc(0) == "1970-01-01T00:00:00.000Z"
    assert utc(1709294400.1234) == "2024-03-01T12:00:00.123Z"


def test_errors_are_one_line() -> None:
    assert one_line(ValueError("\n\n  a\nb")) == "ValueError:"
    assert one_line(OSError(28, "No space left on device")) == "No space left on device"
    assert one_line(OSError(28, "No space left", "a/b")) == "a/b: No space left"


def test_text_is_made_harmless() -> None:
    assert plain("\n \n a\tb\x1b[1m\u202e\nc") == "a�b�[1m�"
    assert plain("") == ""
    assert plain("x" * 500) == "x" * 399 + "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"), (True, "true"), (12345, "12,345"), (-0.25, "−0.25"), (1e-29, "1e−29"),
        ("", "(empty)"), ("a\nb", "a"), (["a", {"b": None}], '["a", {"b": null}]'),
        ("0" * 64, "000000000000…"), ("x" * 999, "x" * 159 + "…"), ("\ud800", "\ufffd"),
    ],
)  # fmt: skip
def test_values(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("change", "text"), [(0.5, "+0.5"), (-3.0, "−3"), (0.0, "+0"), (-1e-12, "−1e−12")]
)
def test_changes_have_a_sign(change: float, text: str) -> None:
    assert signed(change) == text


def test_counts() -> None:
    assert [counted(1, "cell"), counted(2000, "cell"), counted(2, "is", "are")] == [
        "1 cell", "2,000 cells", "2 are",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0457, "0.0457"), (3e-5, "<0.0001"), (-3e-5, ">−0.0001"), (0.0, "0.0000"),
        (77.8333, "77.8"), (-936.5, "−936.5"), (12_345.6, "12,346"),
    ],
)  # fmt: skip
def test_cells_of_tables(number: float, text: str) -> None:
    assert value(number) == text


def test_an_interval_stays_on_one_line() -> None:
    text = "fell by 0.1 [−0.2, 0.0], in two of three"
    assert unbroken(text) == "fell by 0.1 [−0.2,\N{NO-BREAK SPACE}0.0], in two of three"


@pytest.mark.parametrize(
    ("name", "title"),
    [("1_did_auc_drop", "1 Did AUC drop"), ("12_x", "12 X"), ("my_own", "my own"), ("3", "3")],
)
def test_a_notebook_has_a_title(name: str, title: str) -> None:
    assert title_of(name) == title
