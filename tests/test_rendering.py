import pytest

from investigate.rendering import counted, one_line, plain, shown, signed, utc


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
