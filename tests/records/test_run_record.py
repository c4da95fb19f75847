import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.records.run_record import Input, RunRecord

WRITTEN: dict[str, Any] = {
    "status": "failed",
    "error": "1_a.ipynb, cell 2: KeyError: 'x'",
    "started": "2024-01-02T03:04:05.678Z",
    "finished": "2024-01-02T04:04:05.000+01:00",
    "parameters": {
        "incident": {"start": "2024-01-01"},
        "thresholds": {"confidence": 0.9},
        "timezone": "Europe/Berlin",
    },
    "inputs": [
        {"role": "data", "path": "log.csv", "sha256": "0" * 64, "bytes": 3},
        {"role": "notebook", "path": "kit/1_a.ipynb", "sha256": "1" * 64, "bytes": 4},
        {"role": "own notebook", "path": "my/mine.ipynb", "sha256": "2" * 64},
        "no file",
    ],
    "notebooks": [{"name": "1_a", "status": "failed"}],
    "code": {"commit": "abc"},
}


def test_what_a_run_writes_is_read() -> None:
    found = RunRecord.of(WRITTEN)
    assert (found.status, found.error) == ("failed", WRITTEN["error"])
    assert found.started == datetime(2024, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert found.finished == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.incident == datetime(2024, 1, 1, tzinfo=UTC)
    assert found.alpha == pytest.approx(0.1)
    assert found.zone == "Europe/Berlin"
    assert found.inputs[0] == Input("data", "log.csv", "0" * 64, 3)
    assert found.inputs[2].bytes is None
    assert len(found.inputs) == 3
    assert found.recorded_notebooks() == {"kit/1_a.ipynb": "1" * 64}
    assert found.own == {"mine"}
    assert found.code == {"commit": "abc"}


@pytest.mark.slow
def test_nothing_is_nothing() -> None:
    found = RunRecord.of({})
    assert (found.status, found.started, found.inputs, found.own) == ("", None, (), set())
    assert (found.alpha, found.zone, found.incident) == (0.05, "UTC", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.fixed_dictionaries(dict.fromkeys([*WRITTEN, "seconds"], JSON)))
def test_whatever_stands_there_is_read_as_text_times_and_mappings(document: Any) -> None:
    found = RunRecord.of(document)
    assert found.status.isprintable()
    assert found.error.isprintable()
    assert all(isinstance(one, dict) for one in (found.parameters, found.code, found.seconds))
    assert isinstance(found.alpha, float)
    assert json.dumps(found.zone)
