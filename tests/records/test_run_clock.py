import pytest

from investigate.records.run import Clock


def test_parts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 3.0, 10.0, 11.0, 11.0, 11.5, 20.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks))
    clock = Clock()
    for name in ("counts", "record", "counts"):
        with clock.part(name):
            pass
    assert clock.seconds() == {"counts": 2.5, "record": 1.0, "total": 20.0}


@pytest.mark.slow
def test_a_part_that_fails_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 3.0, 4.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks))
    clock = Clock()
    with pytest.raises(ValueError, match="x"), clock.part("counts"):
        raise ValueError("x")
    assert clock.seconds() == {"counts": 2.0, "total": 4.0}
