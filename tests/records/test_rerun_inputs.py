from pathlib import Path
from typing import Any

import pytest
from placed import Place

from investigate.errors import InputError
from investigate.paths import notebooks_folder
from investigate.records.rerun import notebooks_again
from investigate.records.sources import numbered


def document(folder: Path, shown: str) -> dict[str, Any]:
    """What a record of a run of the notebooks in `folder` lists, with `shown` as the folder."""
    return {
        "inputs": [{"role": "data", "path": "log.csv", "sha256": "0" * 64}]
        + [
            {"role": "notebook", "path": f"{shown}/{s.path.name}", **s.digest()}
            for s in numbered(folder)
        ]
    }


def test_recorded_notebooks_run_where_they_lie(place: Place) -> None:
    folder = place.notebooks(_1_answer=["1"])
    assert notebooks_again(document(folder, "notebooks")) == Path("notebooks")
    assert notebooks_again(document(folder, str(folder))) == folder


def test_the_kits_own_run_where_they_are_the_recorded_ones(place: Place) -> None:
    place.notebooks(_1_answer=["1"])
    recorded = document(notebooks_folder(), "notebooks")
    assert notebooks_again(recorded) == notebooks_folder()


def test_where_the_answers_ran_alone_others_are_no_difference(place: Place) -> None:
    recorded = document(notebooks_folder(), "gone")
    recorded["inputs"] = [
        e for e in recorded["inputs"] if e["path"].endswith("/7_the_answer.ipynb")
    ]
    with pytest.raises(InputError, match=r"^gone: the recorded notebooks are not there"):
        notebooks_again(recorded)
    recorded["settings"] = {"answer_alone": True}
    assert notebooks_again(recorded) == notebooks_folder()


def test_notebooks_that_changed_run_as_they_are_now(place: Place) -> None:
    folder = place.notebooks(_1_answer=["1"])
    recorded = document(folder, "notebooks")
    place.notebooks(_1_answer=["2"])
    assert notebooks_again(recorded) == Path("notebooks")


def test_the_kits_own_stand_in_for_those_of_the_same_names(place: Place) -> None:
    recorded = document(notebooks_folder(), "gone")
    recorded["inputs"][1]["sha256"] = "0" * 64
    assert notebooks_again(recorded) == notebooks_folder()


def test_other_notebooks_are_no_substitute(place: Place) -> None:
    recorded = document(place.notebooks(_1_answer=["1"]), "gone")
    with pytest.raises(InputError, match=r"^gone: the recorded notebooks are not there"):
        notebooks_again(recorded)


@pytest.mark.parametrize("inputs", [None, 1, [1], [{"role": "notebook"}], {"a": 1}])
def test_a_list_that_no_run_writes(place: Place, inputs: Any) -> None:
    with pytest.raises(InputError, match="the recorded notebooks are not there"):
        notebooks_again({"inputs": inputs})
