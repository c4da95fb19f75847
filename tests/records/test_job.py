import pytest

from investigate.records.job import Outcome


@pytest.mark.slow
def test_a_record_has_times_but_no_findings() -> None:
    outcome = Outcome("1_a", "failed", 10.0, 12.5, error="KeyError: 'x'", cell=3, findings=({},))
    entry = outcome.to_json()
    assert entry["seconds"] == 2.5
    assert entry["started"] == "1970-01-01T00:00:10.000Z"
    assert "findings" not in entry
    assert outcome.failure == "1_a.ipynb, cell 3: KeyError: 'x'"
    assert Outcome("1_a", "failed", 0, 0, error="gone").failure == "1_a.ipynb: gone"
