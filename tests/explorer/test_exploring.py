"""What `investigate.explore` takes and gives."""

import re
from html import unescape
from pathlib import Path

import pytest
from explored import example

import investigate
from investigate.errors import InputError
from investigate.explorer.exploring import Explorer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def explorer(found: investigate.Investigation) -> Explorer:
    """The page of the example, made once."""
    return investigate.explore(found)


def test_a_path_a_mapping_and_an_investigation_give_the_same_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    investigate.example_log().to_parquet("log.parquet")
    found = example(log="log.parquet")
    found.to_params("question.yml")
    by_path = investigate.explore("question.yml", account=False)
    by_names = investigate.explore(found.question.parameters(), account=False)
    assert by_names.html == investigate.explore(found, account=False).html
    assert by_path.html != by_names.html
    assert by_path.html.replace('"opened":"question.yml"', '"opened":null') == by_names.html


def test_the_same_question_gives_the_same_bytes(explorer: Explorer) -> None:
    assert investigate.explore(example()).html == explorer.html


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(explorer: Explorer) -> None:
    shown = explorer._repr_html_()
    page = re.fullmatch(r'<iframe .*sandbox="([^"]*)".* srcdoc="([^"]*)"></iframe>', shown)
    assert page
    assert page[1] == "allow-scripts allow-downloads"
    assert unescape(page[2]) == explorer.html


def test_a_page_holds_no_score_and_no_cluster(explorer: Explorer) -> None:
    html = explorer.html
    log = investigate.example_log()
    assert not any(str(score)[:10] in html for score in log["score"].head(50))
    assert '"s17"' not in html


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path, explorer: Explorer) -> None:
    with pytest.raises(InputError, match=r"no/explorer\.html: cannot write it: No such file"):
        explorer.save(tmp_path / "no" / "explorer.html")


def test_what_is_no_question_is_refused() -> None:
    with pytest.raises(InputError, match=r"expected a table, a path, a question or a mapping"):
        investigate.explore(3)
