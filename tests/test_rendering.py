from investigate.rendering import one_line, plain, utc


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
