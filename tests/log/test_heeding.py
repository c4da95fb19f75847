import signal
import subprocess
import sys
import threading

import duckdb
import pytest

from investigate.log.heeding import heeded

# In a process of its own: a signal that comes late would end whoever runs the tests.
SIGNALLED = """
import os, signal, sys, threading, time
import duckdb
from investigate.log.heeding import heeded
from investigate.log.source import Engine

NUMBER = getattr(signal, sys.argv[1])

def interrupt(number, frame):
    raise KeyboardInterrupt

def ask(delay):
    # One task of the engine, and far more than a test should wait for.
    long = "SELECT sum(sqrt(a.range) * b.range) FROM range(500_000) a, range(500_000) b"
    sending = threading.Timer(delay, os.kill, (os.getpid(), NUMBER))
    try:
        with Engine() as engine:
            sending.start()
            engine._connection.raw_sql(long)
    except KeyboardInterrupt:
        print("ended")
    sending.join()

def watched():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing)
    with duckdb.connect() as connection, heeded(connection):
        try:
            os.kill(os.getpid(), NUMBER)
            time.sleep(1)
        except KeyboardInterrupt:
            print("handled", os.read(reading, 1) == bytes([NUMBER]))
    print("stays", signal.set_wakeup_fd(before) == writing)

signal.signal(NUMBER, interrupt)
for delay in (0.05, 0.1, 0.2):
    ask(delay)
watched()
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_long_query_and_an_event_loops_own_watch_stays(
    number: signal.Signals,
) -> None:
    command = [sys.executable, "-c", SIGNALLED, number.name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.splitlines() == ["ended"] * 3 + ["handled True", "stays True"], done.stderr
    assert done.returncode == 0


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
