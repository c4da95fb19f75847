import os
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

import duckdb
import pytest

from investigate.log.heeding import heeded
from investigate.log.source import Engine

# One task of the engine, and far more than a test should wait for.
LONG = "SELECT sum(sqrt(a.range) * b.range) FROM range(200_000) a, range(200_000) b"


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    before = signal.signal(request.param, interrupt)
    yield request.param
    signal.signal(request.param, before)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("turn", range(3))
def test_a_signal_ends_a_long_query(number: signal.Signals, turn: int) -> None:
    begun = threading.Event()

    def send() -> None:
        begun.wait()
        time.sleep(0.05 * (1 + turn))
        os.kill(os.getpid(), number)

    sending = threading.Thread(target=send)
    sending.start()
    with Engine() as engine:
        begun.set()
        with pytest.raises(KeyboardInterrupt):
            engine._connection.raw_sql(LONG)
    sending.join()


def test_an_event_loops_own_watch_stays(number: signal.Signals) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing)
    try:
        with duckdb.connect() as connection, heeded(connection):
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), number)
            assert os.read(reading, 1) == bytes([number])
    finally:
        assert signal.set_wakeup_fd(before) == writing
        os.close(reading)
        os.close(writing)


def test_one_that_was_never_left_is_no_event_loop() -> None:
    with duckdb.connect() as connection:
        left = heeded(connection)
        left.__enter__()
        with heeded(connection):
            left.__exit__(None, None, None)
            own = signal.set_wakeup_fd(-1)
            signal.set_wakeup_fd(own)
        assert own != -1
        assert signal.set_wakeup_fd(-1) == -1


def test_other_threads_have_no_signals() -> None:
    found = []

    def within() -> None:
        with duckdb.connect() as connection, heeded(connection):
            found.append(connection.sql("SELECT 1").fetchall())

    thread = threading.Thread(target=within)
    thread.start()
    thread.join()
    assert found == [[(1,)]]
    assert signal.set_wakeup_fd(-1) == -1
