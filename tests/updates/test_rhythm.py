from pathlib import Path

import pytest
from updates.cases import stored

from investigate.errors import InputError
from investigate.updates.facts import facts
from investigate.updates.rhythm import Rhythm, load

PARAMS = Path(__file__).parents[2] / "params" / "updates.yml"


def test_the_file_holds_what_is_built_in() -> None:
    assert load(PARAMS) == load(None) == Rhythm()


@pytest.mark.parametrize(
    ("lost", "severity"),
    [(0.0499, "medium"), (0.05, "high"), (0.02, "medium"), (0.0199, "low"), (None, "high")],
)
def test_severity_by_the_size_of_the_drop(lost: float | None, severity: str) -> None:
    found = stored("system_fault")
    found["auc"]["change"]["value"] = None if lost is None else -lost
    assert Rhythm().severity(facts(found)) == severity


def test_no_drop_is_low_however_wide_its_interval() -> None:
    assert Rhythm().severity(facts(stored("too_few_rows"))) == "low"


def test_unmeasured() -> None:
    assert Rhythm(unmeasured="medium").severity(None) == "medium"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("high: {drop: 0.01, every_hours: 4}", "high.drop must be above medium.drop"),
        ("high: {drop: 0.1, every_hours: 0}", "high.every_hours: Input should be greater than 0"),
        (
            "low: {drop: 0, every_hours: 1, every: 1}",
            "low.every: unknown key; known are drop, every_hours",
        ),
        ("hourly: 1", "hourly: unknown key; known are high, medium, low"),
        ("unmeasured: dire", "unmeasured: Input should be 'high', 'medium' or 'low'"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "r.yml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as raised:
        load(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
