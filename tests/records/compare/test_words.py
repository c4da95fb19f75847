import pytest

from investigate.records.compare.words import count, shown, signed


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
    assert [count(1, "cell"), count(2000, "cell"), count(2, "is", "are")] == [
        "1 cell", "2,000 cells", "2 are",
    ]  # fmt: skip
