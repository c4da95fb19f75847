"""What holds for every figure: legible, the same each time, and no trace left behind."""

import itertools
import os
import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pictured
import pytest
from IPython.core.formatters import DisplayFormatter

from investigate import figures
from investigate.figures.style import LINES, WINDOWS, sentence
from investigate.finding import Finding

NAMES = sorted(figures.__all__)
every = pytest.mark.parametrize("name", NAMES)
QUICK = "quiet"


def slow(value: str) -> object:
    """A value of a parameter that is left to the whole suite."""
    return pytest.param(value, marks=pytest.mark.slow)


def test_every_figure_is_looked_at_here() -> None:
    assert sorted(pictured.DRAWN) == NAMES


@pytest.mark.quick_cases(1)
@every
@pytest.mark.parametrize("case", [QUICK, *map(slow, [c for c in pictured.CASES if c != QUICK])])
def test_text_is_whole_apart_and_large_enough(name: str, case: str) -> None:
    figure = pictured.figure(case, name)
    lines = pictured.written(figure)
    width, height = figure.bbox.size
    outside = [w for w in lines if w.left < 0 or w.top < 0 or w.right > width or w.bottom > height]
    assert outside == []
    assert figure.get_suptitle().count("\n") < (2 if figure.axes else 4)
    assert [(a.text, b.text) for a, b in itertools.combinations(lines, 2) if a.meets(b)] == []
    assert width <= 900
    sizes = [text.get_fontsize() for text in figure.findobj(mpl.text.Text) if text.get_text()]
    assert min(sizes) * figure.dpi / 72 >= 13


@pytest.mark.slow
@every
def test_same_finding_same_picture_whatever_the_readers_settings(name: str) -> None:
    found = pictured.DRAWN[name]("reset")
    again = [Finding.from_json(f.to_json()) for f in (found if name == "cohorts" else [found])]
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "black", "xtick.labelsize": 30}):
        before = dict(mpl.rcParams)
        changed = getattr(figures, name)(again if name == "cohorts" else again[0])._repr_png_()
        assert dict(mpl.rcParams) == before
    assert changed == pictured.figure("reset", name)._repr_png_()
    assert plt.get_fignums() == []


@pytest.mark.slow
@every
def test_the_title_is_the_claim_or_made_of_its_numbers(name: str) -> None:
    found = pictured.DRAWN[name]("reset")
    title = pictured.title(pictured.figure("reset", name))
    if name in ("cohorts", "score_distributions"):
        assert {"cohorts": "would carry", "score_distributions": "overlap by"}[name] in title
    else:
        # What has no room on two lines, or is drawn beside it, is left out from the end.
        assert title.rstrip(".")
        assert found.claim.startswith(title.rstrip("."))


@pytest.mark.slow
def test_a_notebook_shows_a_figure_once_and_without_pyplot() -> None:
    formats, _ = DisplayFormatter().format(pictured.figure("quiet", "roc"))
    assert set(formats) == {"image/png", "text/plain"}
    script = (
        "import matplotlib as mpl\n"
        "from investigate.figures.style import sentence\n"
        "assert sentence('x')._repr_png_().startswith(bytes([137]) + b'PNG')\n"
        "print(mpl.rcParams._get_backend_or_none())\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "None"


def test_windows_differ_by_more_than_colour() -> None:
    assert len(set(map(str, LINES.values()))) == len(WINDOWS)


def test_what_has_nothing_to_draw_is_a_sentence() -> None:
    chart = sentence("There is nothing to draw: 3 < 5 & $4.")
    assert pictured.title(chart) == "There is nothing to draw: 3 < 5 & $4."
    assert repr(chart) == "Chart: There is nothing to draw: 3 < 5 & $4."
    for function in (figures.contributions, figures.pair_matrix, figures.suspects):
        assert function(Finding("nothing", "Too many.")).axes == []
    assert figures.cohorts([]).axes == []


def test_text_that_is_cut_off_or_covered_would_be_seen() -> None:
    chart = sentence("A claim")
    chart.text(0.99, 0.2, "beyond the edge")
    chart.text(0.3, 0.2, "one over")
    chart.text(0.31, 0.22, "the other", rotation=90)
    beyond, one, other = pictured.written(chart)[-3:]
    assert beyond.right > chart.bbox.width
    assert one.meets(other)
    assert not one.meets(beyond)
