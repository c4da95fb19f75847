import io

from rich.console import Console

from investigate.records.progress import Bar


def shown(**settings: bool) -> str:
    console = Console(file=io.StringIO(), width=80, **settings)
    with Bar(console) as bar:
        bar.begin(notebooks=2, cells=3)
        bar.cell()
        bar.notebook()
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_terminal_shows_how_far_it_is() -> None:
    assert "running notebooks" in shown(force_terminal=True)
    assert "1 of 2" in shown(force_terminal=True)


def test_a_pipe_shows_nothing() -> None:
    assert shown() == ""
    with Bar(None) as bar:
        bar.begin(1, 1)
