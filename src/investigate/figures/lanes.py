"""Marks on a lane of a time axis, each with its text beside it, so that no two meet."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.text import Text

from investigate.figures.style import INK, SMALL
from investigate.figures.text import fit

ROW = 0.21
"""Inches that a line of text takes."""
GAP, HALF = 9, 6
"""Pixels between a mark's middle and its text, and half of what a mark takes."""
APART = 14
"""Pixels between one text and the next mark."""
LINES = 3


@dataclass(frozen=True)
class Mark:
    """What is marked at `points`, in days as matplotlib counts them, in order, and its text.

    ``joined``: a line from the first point to the last.
    """

    points: tuple[float, ...]
    text: str
    colour: str
    marker: str
    joined: bool = False


@dataclass(frozen=True)
class Placed:
    """A mark with the row of its lane that it begins on, and how many it takes.

    ``side`` is where its text is: left, right or center.
    """

    mark: Mark
    row: int
    rows: int
    side: str
    text: str

    def draw(self, ax: Axes, top: int) -> None:
        """Draw it where the lane begins with row `top` of the axes."""
        mark, y = self.mark, top + self.row + self.rows / 2
        if mark.joined:
            ax.plot(mark.points, [y] * len(mark.points), color=mark.colour, linewidth=1.6)
        ax.plot(
            mark.points, [y] * len(mark.points), mark.marker, color=mark.colour, markersize=6.5,
            linestyle="none", markeredgewidth=1.6 if mark.marker == "|" else 0,
        )  # fmt: skip
        x, shift = {
            "right": (mark.points[-1], GAP),
            "left": (mark.points[0], -GAP),
            "center": ((mark.points[0] + mark.points[-1]) / 2, 0),
        }[self.side]
        ax.annotate(
            self.text,
            (x, y),
            (shift, 0),
            textcoords="offset points" if self.side == "center" else "offset pixels",
            ha={"right": "left", "left": "right", "center": "center"}[self.side],
            va="center",
            fontsize=SMALL,
            color=INK,
            linespacing=1.15,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5}
            if self.side == "center"
            else None,
        )


def place(ax: Axes, marks: list[Mark]) -> tuple[list[Placed], int]:
    """Each of `marks` on the first row with room, and how many rows that takes in all.

    The axes must have their width and the limits of their time.
    """
    taken: list[list[tuple[float, float]]] = []
    ruler, placed = ax.text(0, 0, "", fontsize=SMALL), []
    for mark in marks:
        side, text, lines, reach = _beside(ax, ruler, mark)
        row = 0
        while not all(_free(taken, row + line, reach) for line in range(lines)):
            row += 1
        while len(taken) < row + lines:
            taken.append([])
        for line in range(lines):
            taken[row + line].append(reach)
        placed.append(Placed(mark, row, lines, side, text))
    ruler.remove()
    return placed, max(len(taken), 1)


def _beside(ax: Axes, ruler: Text, mark: Mark) -> tuple[str, str, int, tuple[float, float]]:
    """Side and lines of the text, how many, and from which pixel to which all of it reaches."""
    box = ax.get_window_extent()
    (start, _), (end, _) = ax.transData.transform([(mark.points[0], 0), (mark.points[-1], 0)])
    before, after = start - box.x0 - GAP, box.x1 - end - GAP
    fit(ruler, mark.text, box.width, 1)
    width = ruler.get_window_extent().width
    if width > max(before, after) and width + 2 * GAP <= end - start:
        return "center", ruler.get_text(), 1, (start - HALF, end + HALF)
    right = width <= after or (width > before and after >= before)
    fit(ruler, mark.text, after if right else before, LINES)
    text, width = ruler.get_text(), ruler.get_window_extent().width
    reach = (start - HALF, end + GAP + width) if right else (start - GAP - width, end + HALF)
    return "right" if right else "left", text, text.count("\n") + 1, reach


def _free(taken: list[list[tuple[float, float]]], row: int, reach: tuple[float, float]) -> bool:
    return row >= len(taken) or all(
        reach[1] + APART <= start or end + APART <= reach[0] for start, end in taken[row]
    )
