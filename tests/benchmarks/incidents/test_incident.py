"""One incident, its name and its folder."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.incidents.incident import Incident

INCIDENTS = st.builds(
    Incident,
    st.sampled_from(["loop", "mix+stale", "none", "ordinary:late", "ordinary:late~ramp"]),
    st.sampled_from([0.25, 0.5, 1.0]),
    st.integers(0, 9_999),
    st.integers(1_000, 99_999),
    st.booleans(),
)


@pytest.mark.slow
@given(INCIDENTS, INCIDENTS)
def test_an_incident_is_found_again_in_its_result(one: Incident, other: Incident) -> None:
    assert Incident.of(json.loads(json.dumps({**one.to_json(), "said": 1}))) == one
    assert (one.name == other.name) == (one == other)


@pytest.mark.slow
def test_a_folder_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    incident = Incident("stale", 0.5, 3, 1_000)
    folder = incident.folder(tmp_path)
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    assert (truth["scenario"], truth["strength"], truth["seed"]) == ("stale", 0.5, 3)
    (folder / "truth.json").write_text("{}", "utf-8")
    assert incident.folder(tmp_path) == folder
    assert (folder / "truth.json").read_text("utf-8") == "{}"
