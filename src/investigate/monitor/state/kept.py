"""What a monitor keeps beside the counts: alerts, and what it has judged."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from investigate.monitor.alerts import Alert
from investigate.monitor.state.store import MonitorState


def alerts(state: MonitorState) -> list[Alert]:
    """Every alert so far, in the order of their numbers."""
    found = state.connection.execute("SELECT alert FROM alerts ORDER BY number").fetchall()
    return [Alert.model_validate_json(text) for (text,) in found]


def keep_alerts(state: MonitorState, current: Sequence[Alert]) -> None:
    """Keep `current`, which are all the alerts there are."""
    state.connection.execute("DELETE FROM alerts")
    for alert in current:
        state.connection.execute(
            "INSERT INTO alerts VALUES (?, ?)", [alert.number, alert.model_dump_json()]
        )


def keep_investigated(state: MonitorState, number: int) -> None:
    """Remember that the question of the alert `number` was asked."""
    current = alerts(state)
    for alert in current:
        alert.investigated |= alert.number == number
    keep_alerts(state, current)


def judged(state: MonitorState) -> pd.DataFrame:
    """The buckets that were judged: ``start`` (UTC), and ``rows`` and ``pending`` as they were."""
    found = state.connection.execute("SELECT start, rows, pending FROM judged ORDER BY start").df()
    return found.assign(start=pd.to_datetime(found["start"], utc=True))


def keep_judged(state: MonitorState, buckets: pd.DataFrame) -> None:
    """Remember `buckets`, as `judged` gives them, besides those that are known."""
    if len(buckets):
        rows = [
            [start.tz_convert("UTC").tz_localize(None).to_pydatetime(), int(rows), int(pending)]
            for start, rows, pending in buckets[["start", "rows", "pending"]].itertuples(
                index=False
            )
        ]
        state.connection.executemany("INSERT INTO judged VALUES (?, ?, ?)", rows)


def late(state: MonitorState) -> pd.DataFrame:
    """Buckets with other rows than when they were judged: ``start``, ``late`` (how many more)."""
    query = (
        "SELECT j.start, coalesce(d.rows, 0)::BIGINT - j.rows::BIGINT AS late FROM judged j "
        "LEFT JOIN daily d ON d.start = j.start AND d.stream = 0 "
        "WHERE coalesce(d.rows, 0) <> j.rows ORDER BY 1"
    )
    found = state.connection.execute(query).df()
    return found.assign(start=pd.to_datetime(found["start"], utc=True))


def commit(state: MonitorState) -> None:
    """Make what was changed lasting, and go on."""
    state.connection.execute("COMMIT")
    state.connection.execute("BEGIN")


def last(buckets: pd.DataFrame) -> datetime | None:
    """The newest of `buckets`; none where there is none."""
    return buckets["start"].max().to_pydatetime().astimezone(UTC) if len(buckets) else None
