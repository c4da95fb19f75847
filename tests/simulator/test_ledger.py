"""The value in force and the history of what was written."""

import numpy as np
import pytest

from investigate.simulator.ledger import CALIBRATION, DEFAULT, Ledger


def written() -> Ledger:
    ledger = Ledger(3)
    ledger.write(-9, np.array([0, 1]), DEFAULT, np.array([1.0, 2.0]))
    ledger.write(-5, np.array([1]), CALIBRATION, np.array([2.5]))
    ledger.write(4, np.array([0, 2]), DEFAULT, np.array([1.23456789, 3.0]))
    ledger.write(6, np.array([], int), DEFAULT, np.array([]))
    return ledger


def test_the_last_writer_wins() -> None:
    ledger = written()
    assert list(ledger.difficulty) == [1.234568, 2.5, 3.0]
    assert list(ledger.system) == [DEFAULT, CALIBRATION, DEFAULT]


def test_each_system_keeps_its_own_last_value_and_time() -> None:
    ledger = written()
    np.testing.assert_array_equal(ledger.latest[CALIBRATION], [np.nan, 2.5, np.nan])
    np.testing.assert_array_equal(ledger.latest[DEFAULT], [1.234568, 2.0, 3.0])
    np.testing.assert_array_equal(ledger.written[DEFAULT], [4, -9, 4])


@pytest.mark.slow
def test_the_history_begins_with_the_last_write_before_the_start() -> None:
    history = written().history()
    assert history.to_numpy().tolist() == [
        [-9, 0, DEFAULT, 1.0],
        [-5, 1, CALIBRATION, 2.5],
        [4, 0, DEFAULT, 1.234568],
        [4, 2, DEFAULT, 3.0],
    ]
