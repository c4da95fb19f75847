import os
import signal
import threading

import pytest

from investigate.records.processes import ignore_signals, interruptible, signals_kept


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_end_interrupts(number: signal.Signals) -> None:
    # In a background job, and under nohup, it is inherited as ignored.
    inherited = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, inherited)


def test_the_last_word_is_not_disturbed() -> None:
    with interruptible():
        with ignore_signals():
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_while_a_record_begins_is_heeded_afterwards() -> None:
    with interruptible():
        with signals_kept() as kept:
            os.kill(os.getpid(), signal.SIGTERM)
        assert kept == [signal.SIGTERM]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
def test_outside_the_main_thread_signals_are_the_callers() -> None:
    seen = []

    def body() -> None:
        with interruptible(), ignore_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
