"""What a monitor keeps beside the counts."""

from pathlib import Path

import alerted
import pandas as pd
import pytest
from alerted import alert, day

from investigate.monitor.ingest import ingest
from investigate.monitor.state import kept, opened
from investigate.monitor.watch import Watch


def judged(rows: dict[int, int]) -> pd.DataFrame:
    starts = pd.DatetimeIndex([day(n) for n in rows], tz="UTC")
    return pd.DataFrame({"start": starts, "rows": list(rows.values()), "pending": 1})


def test_alerts_come_back_as_they_were_in_order(tmp_path: Path) -> None:
    alerts = [alert(2, 40), alert(1, 10, 20, label="'); DROP TABLE alerts; --\x00\n", case="c")]
    with opened(tmp_path / "state", alerted.watch(tmp_path)) as state:
        assert kept.alerts(state) == []
        kept.keep_alerts(state, alerts)
        kept.keep_alerts(state, alerts)
    with opened(tmp_path / "state", alerted.watch(tmp_path)) as state:
        assert kept.alerts(state) == alerts[::-1]


def test_what_was_judged_and_until_when(tmp_path: Path) -> None:
    with opened(tmp_path / "state", alerted.watch(tmp_path)) as state:
        assert kept.last(kept.judged(state)) is None
        kept.keep_judged(state, judged({}))
        kept.keep_judged(state, judged({31: 5, 30: 0}))
        kept.keep_judged(state, judged({32: 7}))
        found = kept.judged(state)
    assert found["start"].tolist() == [day(30), day(31), day(32)]
    assert found["rows"].tolist() == [0, 5, 7]
    assert kept.last(found) == day(32)


@pytest.mark.slow
def test_rows_that_come_late_and_rows_that_go(tmp_path: Path) -> None:
    alerted.save(tmp_path, 0, 1, 2, rows=10)
    watch = alerted.watch(tmp_path)
    with opened(tmp_path / "state", watch) as state:
        ingest(watch, state)
        kept.keep_judged(state, judged({0: 10, 1: 7, 2: 12, 3: 4, 4: 0}))
        late = kept.late(state)
    # On the fourth there were four, and there is no row any more.
    assert late["start"].tolist() == [day(1), day(2), day(3)]
    assert late["late"].tolist() == [3, -2, -4]


def stopped(path: Path, watch: Watch) -> None:
    with opened(path, watch) as state:
        kept.keep_alerts(state, [alert(1, 40)])
        kept.commit(state)
        kept.keep_alerts(state, [])
        raise KeyboardInterrupt


@pytest.mark.slow
def test_what_was_committed_stays_where_the_rest_is_undone(tmp_path: Path) -> None:
    watch = alerted.watch(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "state", watch)
    with opened(tmp_path / "state", watch) as state:
        assert kept.alerts(state) == [alert(1, 40)]
