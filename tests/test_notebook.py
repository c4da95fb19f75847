"""What notebooks import: the question, its counts, and findings shown."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from placed import Place, make_place

from investigate import log, notebook, rendering
from investigate.errors import InputError
from investigate.finding import MIME, Estimate, Finding
from investigate.paths import COUNTS_VARIABLE
from investigate.question import params

FINDING = Finding(
    name="drop",
    claim="AUC fell from <b>0.8</b> & more.",
    numbers={"change": Estimate(-0.1, -0.2, 0.0), "p": Estimate(2e-7), "none": Estimate(None)},
    table=tuple(
        {"group": f"g{n}", "rows": 1000 * n, "auc": n / 7, "sure": n == 1} for n in range(33)
    ),
    caveats=("Not <i>all</i> rows.", "Nor all days."),
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(COUNTS_VARIABLE, raising=False)
    return make_place(tmp_path)


@pytest.mark.slow
def test_by_hand_the_counts_are_made_from_the_log(place: Place) -> None:
    asked = params.load("params.yml")
    names = {**asked.parameters(), "np": object(), "_": 1}
    question, counts = notebook.open_question(names)
    assert question == asked
    pd.testing.assert_frame_equal(counts.slices, log.count(asked).slices)


@pytest.mark.slow
def test_in_a_run_the_counts_are_those_of_the_record(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = params.load("params.yml")
    log.count(asked).save(place.folder / "counts")
    monkeypatch.setenv(COUNTS_VARIABLE, str(place.folder / "counts"))
    (place.folder / "log.csv").unlink()
    question, counts = notebook.open_question(asked.parameters())
    assert question == asked
    assert counts.meta["fingerprint"] == asked.fingerprint()


@pytest.mark.slow
def test_counts_of_another_question_are_not_used(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.count(params.load("params.yml")).save(place.folder / "counts")
    monkeypatch.setenv(COUNTS_VARIABLE, str(place.folder / "counts"))
    other = params.load("params.yml", ["baseline.end=2024-01-06"])
    _, counts = notebook.open_question(other.parameters())
    assert counts.meta["fingerprint"] == other.fingerprint()
    assert counts.slices[["positives", "negatives"]].sum().sum() < 3 * 400


def test_a_wrong_parameter_is_told(place: Place) -> None:
    with pytest.raises(InputError, match="notebook parameters: 'log' is missing"):
        notebook.open_question({"case": "x"})


def displayed(monkeypatch: pytest.MonkeyPatch, finding: Finding) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(notebook, "display", lambda data, raw: shown.append({"raw": raw, **data}))
    notebook.show(finding)
    (bundle,) = shown
    return bundle


def test_a_finding_is_shown_to_programs_and_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = displayed(monkeypatch, FINDING)
    assert Finding.from_json(json.loads(json.dumps(bundle[MIME]))).to_json() == FINDING.to_json()
    assert set(bundle) == {MIME, "text/html", "text/plain", "raw"}
    assert bundle["raw"] is True
    assert bundle == displayed(monkeypatch, FINDING)


def test_a_table_says_what_it_leaves_out() -> None:
    soup = BeautifulSoup(notebook.as_html(FINDING), "html.parser")
    numbers, table = soup.find_all("table")
    cells = [[cell.text for cell in row.find_all(["th", "td"])] for row in numbers.find_all("tr")]
    assert cells == [
        ["", "value", "low", "high"],
        ["change", "−0.1000", "−0.2000", "0.0000"],
        ["p", "<0.0001", "–", "–"],
        ["none", "–", "–", "–"],
    ]
    rows = [[cell.text for cell in row.find_all("td")] for row in table.find_all("tr")]
    assert rows[1:3] == [["g0", "0", "0.0000", "no"], ["g1", "1,000", "0.1429", "yes"]]
    assert len(rows) == 1 + rendering.ROWS_SHOWN
    assert soup.find(class_="more").text == "… 3 more"
    assert soup.find(class_="claim").text == FINDING.claim
    assert [item.text for item in soup.find_all("li")] == list(FINDING.caveats)
    assert soup.find(["b", "i"]) is None


def test_rows_may_differ_in_their_columns() -> None:
    finding = Finding("x", "X.", table=({"a": 1}, {"b": [1, "ü"]}, {"a": 123456.7, "b": None}))
    rows = BeautifulSoup(notebook.as_html(finding), "html.parser").find_all("tr")
    assert [[cell.text for cell in row] for row in rows] == [
        ["a", "b"], ["1", "–"], ["–", '[1, "ü"]'], ["123,457", "–"],
    ]  # fmt: skip


def test_a_bare_finding_is_its_claim() -> None:
    soup = BeautifulSoup(notebook.as_html(Finding("x", "Only this.")), "html.parser")
    assert soup.text.strip() == "Only this."
    assert notebook.as_text(Finding("x", "Only this.")) == "Only this."
    assert notebook.as_text(FINDING).splitlines()[:3] == [
        "AUC fell from <b>0.8</b> & more.",
        "  change: −0.1000 [−0.2000, 0.0000]",
        "  p: <0.0001",
    ]


def test_what_the_claim_says_is_not_said_again_in_a_table() -> None:
    numbers = {"change": Estimate(-0.1, -0.2, -0.05), "median": Estimate(0.4)}
    finding = Finding("x", "A change of −0.100 [−0.200, −0.050].", numbers)
    (table,) = BeautifulSoup(notebook.as_html(finding), "html.parser").find_all("table")
    assert [row.th or row.td for row in table.find_all("tr")][1:][0].text == "median"
    assert len(table.find_all("tr")) == 2


def test_without_its_table_a_finding_is_claim_and_caveats_and_the_record_has_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(notebook, "display", lambda data, raw: shown.append(data))
    notebook.show(FINDING, FINDING, table=False)
    assert [bundle[MIME] for bundle in shown] == [FINDING.to_json()] * 2
    pages = [BeautifulSoup(bundle["text/html"], "html.parser") for bundle in shown]
    assert [page.find("table") for page in pages] == [None, None]
    assert [page.find(class_="claim").text for page in pages] == [FINDING.claim] * 2
    # Caveats that both have are shown once.
    assert [len(page.find_all("li")) for page in pages] == [2, 0]


def test_a_frame_is_shown_as_the_table_of_a_finding_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(notebook, "display", lambda data, raw: shown.append(data))
    frame = pd.DataFrame({"p_value": [0.001, None], "rows": [1234.0, None], "of": ["<b>", None]})
    notebook.show(frame, frame.head(0))
    soup = BeautifulSoup(shown[0]["text/html"], "html.parser")
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in soup.find_all("tr")]
    assert rows == [["p value", "rows", "of"], ["0.0010", "1,234", "<b>"], ["–", "–", "–"]]
    assert "no rows" in shown[1]["text/html"]


def test_columns_of_like_names_are_all_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a_b", "a b", "a_b"])
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr(notebook, "display", lambda bundle, raw: bundles.append(bundle))
    notebook.show(frame)
    page = BeautifulSoup(bundles[0]["text/html"], "html.parser")
    assert [cell.text for cell in page.select("td")] == ["1", "2", "3"]
