import copy
import io
from pathlib import Path
from typing import Any

from compared import DOCUMENT, FINDINGS, cell, display, make_compared, stream
from rich.console import Console

from investigate.cli.compare import compare_at


def printed(a: Path, b: Path, everything: bool = False, **settings: Any) -> str:
    file = io.StringIO()
    compare_at(a, b, Console(file=file, width=120, **settings), everything)
    return file.getvalue()


def test_the_headlines_come_first(tmp_path: Path) -> None:
    findings = copy.deepcopy(FINDINGS)
    findings["auc"]["incident"] |= {"value": 0.65, "low": 0.55, "rows": 90}
    findings["onset"]["date"] = "2024-01-12"
    findings["verdict"]["kind"] = "population_mix"
    a = make_compared(tmp_path / "a")
    lines = printed(a, make_compared(tmp_path / "b", findings=findings)).splitlines()
    assert [line.split() for line in lines[:8]] == [
        ["A", str(tmp_path / "a")],
        ["B", str(tmp_path / "b")],
        ["A", "B", "change"],
        ["verdict", "system_fault", "population_mix", "differs"],
        ["AUC", "baseline", "0.8", "[0.7,", "0.9]", "0.8", "[0.7,", "0.9]", "equal"],
        ["AUC", "incident", "0.7", "[0.6,", "0.8]", "0.65", "[0.55,", "0.8]", "−0.05"],
        ["AUC", "change", "−0.1", "[−0.2,", "0]", "−0.1", "[−0.2,", "0]", "equal"],
        ["since", "2024-01-11", "[2024-01-10,", "2024-01-12]",
         "2024-01-12", "[2024-01-10,", "2024-01-12]", "differs"],
    ]  # fmt: skip
    text = "\n".join(lines)
    assert "numbers    13 are equal, 3 not" in text
    # Points of AUC before rows, whose change is larger.
    assert text.index("auc.incident.value") < text.index("auc.incident.rows")


def test_the_rest_is_counted_and_all_shows_it(tmp_path: Path) -> None:
    findings = [
        {"by": {"x": [{"group": f"g{n:02}", "value": n * step} for n in range(30)]}}
        for step in (0.25, 0.5)
    ]
    a, b = (
        make_compared(tmp_path / name, findings=f) for name, f in zip("ab", findings, strict=True)
    )
    short, long = printed(a, b), printed(a, b, everything=True)
    assert "numbers    1 is equal, 29 not" in short
    assert "… and 19 more; --all shows them" in short
    assert [n for n in range(30) if f"by.x[g{n:02}].value" in short] == list(range(20, 30))
    assert [n for n in range(30) if f"by.x[g{n:02}].value" in long] == list(range(1, 30))
    assert "--all" not in long


def test_cells_are_told_by_their_lines_and_pictures_by_a_word(tmp_path: Path) -> None:
    output = "\n".join(f"line {n}" for n in range(20))
    before = cell("show(it)", stream(output), display(image_png="iVBOR"), id="found")
    after = cell("show(it)", stream(output.replace("line 3", "row 3")),
                 display(image_png="iVBOX"), id="found")  # fmt: skip
    a = make_compared(tmp_path / "a", _1_a=[before, cell("gone", id="g")], _2_b=[])
    b = make_compared(tmp_path / "b", _1_a=[after])
    text = printed(a, b)
    assert "notebooks  0 are equal byte by byte, 2 not" in text
    assert "1_a.ipynb: 2 cells differ" in text
    assert "cell 1 (found): output differs, picture differs" in text
    assert "  − line 3\n" in text
    assert "  + row 3\n" in text
    assert "line 4" not in text
    assert "iVBO" not in text
    assert "cell 2 (g): removed" in text
    assert "  − gone" in text
    assert "2_b.ipynb: only in A" in text


def test_hostile_text_is_neither_markup_nor_control(tmp_path: Path) -> None:
    evil = "[bold red]x[/] [link=http://e]y[/link] \x1b[2J\x07\u202e\r\nsecond"
    findings = copy.deepcopy(FINDINGS)
    findings["verdict"] = {"kind": evil, "sentence": evil}
    findings["onset"]["date"] = evil
    findings["by"]["system"][0]["group"] = evil
    findings[evil] = {evil: 1.0}
    document = {**DOCUMENT, "status": evil, "parameters": {evil: [evil]}, "code": {evil: evil}}
    a = make_compared(tmp_path / "a", _1_a=[cell(evil, stream(evil), id=evil)])
    cells = [cell("x", stream("y"), id=evil), cell(evil, id=f"2{evil}")]
    b = make_compared(tmp_path / "b", document, findings, _1_a=cells)
    for everything in (False, True):
        text = printed(a, b, everything)
        assert "[bold red]x[/] [link=http://e]y[/link]" in text
        assert all(character.isprintable() or character == "\n" for character in text)
        coloured = printed(a, b, everything, force_terminal=True, color_system="standard")
        assert "\x1b[2J" not in coloured
        assert "\x1b]8" not in coloured


def test_a_failed_run_is_said(tmp_path: Path) -> None:
    a = make_compared(tmp_path / "a")
    b = make_compared(tmp_path / "b", {**DOCUMENT, "status": "failed"}, None)
    text = printed(a, b)
    assert "note       the run of B is not one that succeeded, it says 'failed'" in text
    assert "note       B has no findings.json" in text
    assert "removed" in text
