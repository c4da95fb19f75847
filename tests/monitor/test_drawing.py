"""The title of the chart says no more than the newest day shows."""

import alerted
import numpy as np
import pandas as pd
import pytest
from alerted import LEARN, alert, day

from investigate.monitor.drawing import _claim

WATCH = alerted.watch()


@pytest.mark.parametrize(
    ("newest", "value", "words"),
    [
        (40, 0.75, "is inside its bounds on 2024-02-10"),
        (40, 0.65, "is outside its bounds on 2024-02-10; no alert on it is open"),
        (40, np.nan, "has no value on 2024-02-10; no alert on it is open"),
        (40, None, "has no value on 2024-02-10; no alert on it is open"),
        (LEARN - 1, 0.75, "is not judged yet, the baseline is not over"),
    ],
)
def test_only_a_value_inside_its_bounds_is_called_so(
    newest: int, value: float | None, words: str
) -> None:
    now = pd.DataFrame({"value": [value], "lowest": [0.7], "highest": [0.8]}, dtype=float)
    now = now[:0] if value is None else now
    assert _claim(WATCH, [], day(newest), now) == f"made: AUC of all rows {words}"
    assert "is out of its bounds since" in _claim(WATCH, [alert(1, 36)], day(newest), now)
