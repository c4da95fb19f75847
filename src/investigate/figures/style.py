"""One look for all figures: sizes for a page about 900 pixels wide, colours for every eye.

Colours are those of Okabe & Ito 2008, which colour-blind readers can distinguish. Nothing is shown
by colour alone: line style, marker, hatch or place say the same in greyscale.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import seaborn as sns
from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from investigate.figures.text import families, fit, fit_title

WIDTH = 9.0
"""Inches; at `DPI` the page's 900 pixels."""
DPI = 100

INK, FAINT = "#222222", "#6b6b6b"
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
WINDOWS = {"baseline": BLUE, "incident": VERMILLION}
LINES = {"baseline": (0, (5, 1.5)), "incident": "solid"}
LOSS, GAIN = VERMILLION, BLUE

SMALL, NORMAL, LARGE = 9.5, 10.5, 12.5


class Chart(Figure):
    """A figure in this style, whatever the reader's settings are, that notebooks show by itself."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw; matplotlib asks its settings about ticks even now."""
        with _style():
            super().draw(renderer)

    def __repr__(self) -> str:
        title = " ".join(self.get_suptitle().split()).replace(r"\$", "$")
        return f"{type(self).__name__}: {title}"

    def _repr_png_(self) -> bytes:
        # Without pyplot in the notebook nothing else would make a picture of it.
        # It is laid out already: `savefig` would draw it once more to lay it out.
        picture = BytesIO()
        FigureCanvasAgg(self).print_png(picture)  # type: ignore[no-untyped-call]
        return picture.getvalue()


@contextmanager
def drawing(
    claim: str, height: float, width: float = WIDTH, space: float = 0.02, titled: bool = True
) -> Iterator[Chart]:
    """A new figure under `claim`, in this style, laid out when the block ends.

    A title takes two lines at most; where it is all that there is (``titled=False``), four.

    ``space`` between axes is a share of their height. No state of pyplot or of matplotlib's
    settings is left changed.
    """
    with _style():
        layout = ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.06, hspace=space)
        figure = Chart(figsize=(width, height), dpi=DPI, layout=layout)
        heading = figure.suptitle(
            "", x=0.008, ha="left", fontsize=LARGE, fontweight="bold", linespacing=1.25
        )
        fitted = fit_title if titled else fit
        fitted(heading, claim, 0.984 * width * DPI)
        yield figure
        # Laid out and not drawn: whoever shows it draws it.
        if figure.axes:
            layout.execute(figure)
        figure.set_layout_engine("none")


def sentence(claim: str) -> Chart:
    """The figure of a finding that has nothing to draw: its claim alone."""
    with drawing(claim, 0.9, titled=False) as figure:
        return figure


@contextmanager
def _style() -> Iterator[None]:
    with rc_context():
        rcdefaults()
        rcParams.update(_settings())
        yield


def _settings() -> dict[Any, Any]:
    return {
        **sns.axes_style("ticks"),
        **sns.plotting_context("notebook"),
        "font.family": families(),
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": FAINT,
        "axes.grid": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": "#e4e4e4",
        "grid.linewidth": 0.8,
        "hatch.linewidth": 0.8,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "font.size": NORMAL,
        "axes.labelsize": NORMAL,
        "xtick.labelsize": NORMAL,
        "ytick.labelsize": NORMAL,
        "legend.fontsize": NORMAL,
    }
