"""The small curve of a run: its places in time are those of the question's zone."""

import json
from pathlib import Path
from typing import Any

import pytest

from investigate.finding import MIME
from investigate.site.curve import Curve, curve


def shown(folder: Path, zone: str, starts: list[str], onset: str) -> Curve:
    series = [{"start": start, "auc": 0.8, "rows": 10} for start in starts]
    finding = {"name": "onset", "detail": {"series": series}}
    cells = [{"outputs": [{"data": {MIME: finding}}]}]
    path = folder / "2.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    windows: dict[str, Any] = {
        "baseline": {"start": "2024-03-01", "end": "2024-03-03"},
        "incident": {"start": "2024-03-03", "end": "2024-03-05"},
    }
    return curve({**windows, "timezone": zone}, {"onset": {"date": onset}}, [path])


@pytest.mark.parametrize(("zone", "hour"), [("UTC", "00"), ("America/Los_Angeles", "08")])
def test_windows_and_onset_lie_where_the_series_does(tmp_path: Path, zone: str, hour: str) -> None:
    starts = [f"2024-03-0{day}T{hour}:00:00+00:00" for day in (1, 2, 3, 4)]
    found = shown(tmp_path, zone, starts, "2024-03-03")
    assert [at for at, _ in found.points] == [0.0, 0.25, 0.5, 0.75]
    assert found.windows == ((0.0, 0.5), (0.5, 1.0))
    assert found.onset == 0.5
    assert (found.first, found.last) == ("2024-03-01", "2024-03-05")


def test_an_unknown_zone_draws_the_series_alone(tmp_path: Path) -> None:
    starts = [f"2024-03-0{day}T00:00:00+00:00" for day in (1, 2)]
    found = shown(tmp_path, "no/zone", starts, "2024-03-02")
    assert (len(found.points), found.windows, found.onset) == (2, (), None)
