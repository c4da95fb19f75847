"""A question with its counts: asked once, narrowed, written down, and let go of."""

import gc
import weakref
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

import investigate
from investigate import analyses
from investigate.api.asked import ASKED
from investigate.api.investigation import Investigation
from investigate.question import params

ASK: dict[str, Any] = {
    "time": "time",
    "outcome": "outcome",
    "score": "score",
    "system": "system",
    "item": "exercise",
    "cluster": "student",
    "cohorts": ["country"],
    "baseline": ("2024-01-01", "2024-01-29"),
    "incident": ("2024-01-29", "2024-02-12"),
}
LOG = investigate.example_log(1_200)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def found() -> Investigation:
    return investigate.open(LOG, **ASK)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", [n for n in ASKED if n != "suspects"])
def test_it_finds_what_the_analyses_find(found: Investigation, name: str) -> None:
    analysis = getattr(analyses, name)
    analysis = getattr(analysis, name, analysis)
    by = ["country"] if name == "contributions" else []
    expected = analysis(found.counts, found.question, *by)
    assert getattr(found, name)(*by).to_json() == expected.to_json()
    assert getattr(found, name)(*by) is getattr(found, name)(*by)


@pytest.mark.slow
def test_suspects_have_the_table_of_the_verdict(found: Investigation) -> None:
    assert found.suspects().to_json()["table"] == found.verdict().to_json()["table"]
    first = found.verdict().table[0]
    assert f"{len(found.verdict().table)} explanations were compared" in found.suspects().sentence
    assert first["suspect"].replace("_", " ") in found.suspects().sentence


def test_an_analysis_of_ones_own_is_computed_once(found: Investigation) -> None:
    calls = []

    def own(counts: Any, question: Any, least: int) -> investigate.Finding:
        calls.append(least)
        return investigate.Finding("own", f"At least {least}.")

    assert found.ask(own, 3) is found.ask(own, 3)
    assert found.ask(own, 4).sentence == "At least 4."
    assert calls == [3, 4]


@pytest.mark.parametrize("name", ["contributions", "pairs", "mechanism"])
def test_a_grouping_that_was_not_counted_is_told(found: Investigation, name: str) -> None:
    with pytest.raises(investigate.InputError) as caught:
        getattr(found, name)("contry")
    assert str(caught.value) == (
        "by: 'contry' was not counted; counted are system, country, system*country; "
        "add it to cohorts"
    )


@pytest.mark.slow
def test_a_slice_is_the_log_of_those_rows(found: Investigation) -> None:
    german = found.where(country="DE").where(system="rules")
    alone = LOG[(LOG["country"] == "DE") & (LOG["system"] == "rules")]
    expected = investigate.open(alone, **ASK)
    pd.testing.assert_frame_equal(german.counts.slices, expected.counts.slices)
    assert german.drop().to_json() == expected.drop().to_json()
    assert german.question.where == (("country", ("DE",)), ("system", ("rules",)))
    assert found.question.where == ()
    either = found.where({"country": ["DE", "FR"]})
    assert either.counts.meta["rows"] == LOG["country"].isin(["DE", "FR"]).sum()
    with pytest.raises(investigate.InputError, match=r"^where\.country: no row has 'XX' there; it"):
        found.where(country="XX")
    with pytest.raises(investigate.InputError, match=r"^where\.cuntry: the log has no column"):
        found.where(cuntry="DE")
    with pytest.raises(investigate.InputError, match=r"^\.where\(\): expected columns with their"):
        found.where(LOG)


@pytest.mark.slow
def test_the_system_is_known_by_its_part() -> None:
    renamed = LOG.rename(columns={"system": "source"})
    found = investigate.open(renamed, **{**ASK, "system": "source"}).where(system="model")
    assert found.question.where == (("source", ("model",)),)


@pytest.mark.slow
def test_other_windows(found: Investigation) -> None:
    week = found.between("2024-02-05", pd.Timestamp("2024-02-12"), every="hour")
    rows = LOG["time"] >= "2024-02-05"
    assert week.drop().table[1]["rows"] == rows.sum()
    assert week.question.baseline == found.question.baseline
    assert week.counts.meta["bucket_seconds"] == 3_600
    earlier = found.between("2024-01-15", "2024-01-29", baseline=("2024-01-01", "2024-01-15"))
    assert earlier.drop().table[0]["rows"] == (LOG["time"] < "2024-01-15").sum()
    with pytest.raises(investigate.InputError, match=r"incident: it overlaps the baseline"):
        found.between("2024-01-15", "2024-01-29")
    with pytest.raises(investigate.InputError, match=r"every: must be 'minute', 'hour' or 'day'"):
        found.between("2024-02-05", "2024-02-12", every="week")  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_question_is_written_down_and_asked_again(found: Investigation, here: Path) -> None:
    german = found.where(country="DE")
    path = german.to_params("q.yml", log="log.parquet")
    again = investigate.open(path)
    assert again.question.where == german.question.where
    pd.testing.assert_frame_equal(again.counts.slices, german.counts.slices)
    assert params.load("q.yml").log == "log.parquet"
    with pytest.raises(investigate.InputError, match="the log is a file already"):
        again.to_params("r.yml", log="other.parquet")
    with pytest.raises(investigate.InputError, match=r"no/q\.yml: cannot write it"):
        found.to_params("no/q.yml")


@pytest.mark.slow
def test_without_its_table_a_written_question_says_what_it_needs(found: Investigation) -> None:
    found.to_params("q.yml")
    with pytest.raises(investigate.InputError, match="give that table again"):
        investigate.open("q.yml")
    again = investigate.open("q.yml", log=LOG)
    assert again.question == found.question


@pytest.mark.slow
def test_figures_belong_to_findings(found: Investigation) -> None:
    asked = [found, found.drop(), found.onset(), found.verdict(), found.suspects()]
    asked += [found.contributions("country"), found.pairs(), found.mechanism(), found.replay()]
    asked += [found.signal(), found.scorecard(), found.account()]
    for one in asked:
        figure = one.plot()
        assert isinstance(figure, Figure)
    assert found.drop().plot("score_distributions").axes
    with pytest.raises(ValueError, match=r"no figure 'pie' of 'drop'; there is roc, score_distrib"):
        found.drop().plot("pie")
    with pytest.raises(ValueError, match="no figure belongs to the finding 'reading'"):
        found.reading().plot()


@pytest.mark.slow
def test_it_shows_itself_in_a_few_lines(found: Investigation) -> None:
    text = repr(found.where(country="DE"))
    assert text.splitlines()[0] == (
        f"Investigation 'notebook': {found.where(country='DE').drop().sentence}"
    )
    assert "  where     country = DE" in text
    assert len(text.splitlines()) <= 8
    for name in ASKED:
        assert len(repr(getattr(found, name)())) < 1_500
    soup = BeautifulSoup(found._repr_html_(), "html.parser")
    assert soup.find(class_="claim").text == found.drop().sentence
    assert [tag.text for tag in soup.find_all("code")][:2] == [".drop()", ".onset()"]


@pytest.mark.slow
def test_what_a_log_holds_stays_text() -> None:
    hostile = LOG.replace({"country": {"DE": "<script>x</script>"}})
    found = investigate.open(hostile, **ASK)
    sliced = found.where(country="<script>x</script>")
    assert "<script>" not in sliced._repr_html_() + found.contributions("country")._repr_html_()


@pytest.mark.slow
def test_many_questions_leave_nothing_behind() -> None:
    """What is let go of is gone: counts, what was computed from them, and any other object."""
    gone: list[weakref.ref[Any]] = []
    objects = []
    log = LOG.iloc[::4]
    for number in range(10):
        found = investigate.open(log.iloc[number:], **{**ASK, "cohorts": [], "item": None})
        gone += [weakref.ref(found.counts), weakref.ref(found.contributions())]
        del found
        gc.collect()
        objects.append(len(gc.get_objects()))
    assert [ref() for ref in gone] == [None] * 20
    # A question with its findings is thousands of objects.
    assert objects[9] - objects[4] < 330
