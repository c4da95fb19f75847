"""An analyst's own notebooks join a run: recorded, shown, compared and rerun like the others."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from kept import kept_counts as kept_counts
from ledgers import troubles
from placed import ANSWER, Place, make_place, notebook
from rich.console import Console

from investigate.cli.rerun import rerun_at
from investigate.errors import InputError, RunError
from investigate.question import params
from investigate.records.compare import compare
from investigate.site.build import build

pytestmark = pytest.mark.slow

IMPORTS = """\
import statistics
from dataclasses import dataclass

import helper

@dataclass
class Mean:
    of: list[int]
    def __call__(self): return statistics.mean(self.of)

print(helper.DOUBLE * Mean([1, 2, 3])())"""
COUNTS = """\
from investigate import notebook
question, counts = notebook.open_question(globals())
print(int(counts.slices.query("by == 'all'")[["positives", "negatives"]].sum().sum()))"""
OTHER_ANSWER = ANSWER.replace("unexplained", "no_drop")


@dataclass(frozen=True)
class Joined:
    place: Place
    record: Path

    def document(self, record: Path) -> dict[str, Any]:
        return json.loads((record / "record.json").read_text("utf-8"))

    def mine(self, *cells: str) -> None:
        nbformat.write(notebook(*cells), self.place.folder / "my" / "0_mine.ipynb")


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    folder = tmp_path_factory.mktemp("joined")
    here = Path.cwd()
    os.chdir(folder)
    try:
        place = make_place(folder)
        place.notebooks(_1_answer=[ANSWER])
        for name in ("my", "more"):
            (folder / name).mkdir()
        (folder / "helper.py").write_text("DOUBLE = 2")
        nbformat.write(notebook('print("more")'), folder / "more" / "extra.ipynb")
        made = Joined(place, folder)
        made.mine(IMPORTS, COUNTS, OTHER_ANSWER)
        yield Joined(place, place.run(NAMED).record)
    finally:
        os.chdir(here)


NAMED = "notebooks=[my/*.ipynb, more/extra.ipynb]"


def test_they_are_recorded_and_hashed_like_the_others(joined: Joined) -> None:
    document = joined.document(joined.record)
    names = [one["name"] for one in document["notebooks"]]
    assert names == ["1_answer", "0_mine", "extra"]
    assert {one["status"] for one in document["notebooks"]} == {"succeeded"}
    roles = [(i["role"], i["path"]) for i in document["inputs"] if "notebook" in i["role"]]
    assert roles == [
        ("notebook", "notebooks/1_answer.ipynb"),
        ("own notebook", "my/0_mine.ipynb"),
        ("own notebook", "more/extra.ipynb"),
    ]
    outputs = {output["path"] for output in document["outputs"]}
    for name in names:
        assert {f"notebooks/{name}.ipynb", f"html/{name}.html"} <= outputs
    assert 'href="0_mine.html"' in (joined.record / "html" / "1_answer.html").read_text("utf-8")
    assert troubles(joined.record.parent) == []


def test_they_import_and_define_what_they_like_and_read_the_same_counts(joined: Joined) -> None:
    cells = nbformat.read(joined.record / "notebooks" / "0_mine.ipynb", as_version=4).cells
    printed = [o.text for c in cells for o in c.get("outputs", []) if "text" in o]
    assert printed == ["4\n", "400\n"]


def test_the_answer_is_that_of_the_kits(joined: Joined) -> None:
    findings = json.loads((joined.record / "findings.json").read_text("utf-8"))
    assert findings["verdict"]["kind"] == "unexplained"


def test_the_question_is_the_same_one(joined: Joined) -> None:
    plain = params.load(Path("params.yml"))
    asked = params.load(joined.record / "question.yml")
    assert asked.notebooks == ("my/*.ipynb", "more/extra.ipynb")
    assert asked.fingerprint() == plain.fingerprint()
    assert "notebooks" not in asked.asked()
    assert joined.document(joined.record)["fingerprint"] == plain.fingerprint()


def test_they_are_on_the_site(joined: Joined, tmp_path: Path) -> None:
    build(Path("audit"), tmp_path / "site")
    page = next(tmp_path.glob(f"site/cases/small/{joined.record.name}/index.html"))
    text = page.read_text("utf-8")
    assert "0_mine" in text
    assert (page.parent / "notebooks" / "0_mine.html").is_file()


def test_they_are_compared_and_rerun(joined: Joined) -> None:
    again = rerun_at(joined.record, Console(file=StringIO()))
    assert again.agreement.agrees
    assert set(again.comparison.same_notebooks) == {"1_answer", "0_mine", "extra"}
    joined.mine(IMPORTS, 'print("else")')
    changed = joined.place.run(NAMED).record
    found = compare(joined.record, changed)
    assert [change.name for change in found.notebooks] == ["0_mine"]
    assert [change.name for change in found.conditions] == ["own notebook 0_mine.ipynb"]
    assert found.question == ()


def test_one_that_fails_fails_the_run_and_its_evidence_is_kept(joined: Joined) -> None:
    joined.mine('print("before")', "1 / 0")
    before = set(joined.place.records())
    line = r"^0_mine\.ipynb, cell 4: ZeroDivisionError: division by zero \(record: "
    with pytest.raises(RunError, match=line):
        joined.place.run(NAMED)
    (record,) = set(joined.place.records()) - before
    document = joined.document(record)
    assert document["status"] == "failed"
    assert [n["status"] for n in document["notebooks"]] == ["succeeded", "failed", "succeeded"]
    assert not (record / "findings.json").exists()
    cells = nbformat.read(record / "notebooks" / "0_mine.ipynb", as_version=4).cells
    assert cells[-2].outputs[0].text == "before\n"
    assert "division by zero" in (record / "html" / "0_mine.html").read_text("utf-8")
    assert troubles(record.parent) == []


@pytest.mark.parametrize(
    ("named", "line"),
    [
        ("nowhere.ipynb", "nowhere.ipynb: cannot read the notebook: No such file"),
        ("audit/small", "notebooks: audit/small: there is no notebook"),
        ("my/*.py", "notebooks: my/.*: there is no notebook"),
        ("helper.py", "helper.py: this is no Jupyter notebook"),
        ("[more, other/Extra.ipynb]", "more/extra.ipynb and other/Extra.ipynb would have one name"),
    ],
)
def test_what_cannot_join_is_one_line(joined: Joined, named: str, line: str) -> None:
    other = joined.place.folder / "other"
    other.mkdir(exist_ok=True)
    nbformat.write(notebook("1"), other / "Extra.ipynb")
    before = joined.place.records()
    with pytest.raises(InputError, match=line) as raised:
        joined.place.run(f"notebooks={named}")
    assert "\n" not in str(raised.value)
    assert joined.place.records() == before


def test_one_named_twice_runs_once(joined: Joined) -> None:
    joined.mine("1")
    record = joined.place.run("notebooks=[my, my/0_mine.ipynb, notebooks/1_answer.ipynb]").record
    names = [one["name"] for one in joined.document(record)["notebooks"]]
    assert names == ["1_answer", "0_mine"]
