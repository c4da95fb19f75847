"""What the notebook of a timeline imports."""

from pathlib import Path

import pytest
from updates.cases import FIRST

from investigate.errors import InputError
from investigate.updates.story import open_case, show_moments, show_times


def test_a_case_is_looked_up_from_here_upwards(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = case.parents[1] / "notebooks" / "case"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert open_case("audit/checkout-score").rows == open_case(str(case)).rows
    with pytest.raises(InputError, match=r"audit/gone: cannot read it"):
        open_case("audit/gone")
    with pytest.raises(InputError, match="this is a record"):
        open_case(str(case / FIRST))


def test_tables_are_shown_with_every_value_escaped(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles = list[dict[str, str]]()
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    story = open_case(str(case.rename(case.with_name("<b>&x"))))
    show_times(story)
    show_moments(story)
    times, moments = bundles
    assert "&lt;b&gt;&amp;x: detected after 12 d 8 h" in times["text/html"]
    assert "<b>" not in times["text/html"] + moments["text/html"]
    assert times["text/plain"].splitlines()[1].split("  ")[1:3] == ["time to detect", "12 d 8 h"]
    assert moments["text/html"].count("<tr>") == 4
    assert FIRST in moments["text/plain"]
