"""`investigate monitor` that investigates: people are told and the state is let go of before."""

from pathlib import Path

import alerted
import pytest
from receivers import Receiver
from watching import Place

from investigate.errors import RunError
from investigate.monitor.state import kept, opened
from investigate.monitor.watch import load

pytestmark = pytest.mark.slow


class Looks:
    """Stands where a run would: looks around instead, and fails as a run may."""

    def __init__(self, place: Place, web: Receiver) -> None:
        self.place, self.web = place, web
        self.arrived: list[int] = []
        self.meanwhile: list[str] = []

    def __call__(self, question: Path, **_: object) -> None:
        self.arrived.append(len(self.web.arrived))
        watch = load(self.place.folder / "watch.yml")
        with opened(watch.state_file, watch, wait=0) as state:
            assert [alert.sent for alert in kept.alerts(state) if alert.opens] == [True]
        done = self.place.run(40)
        assert done.exit_code == 3
        self.meanwhile.append(done.stdout)
        raise RunError(f"no answer to {question.name}")


def test_others_need_not_wait_for_notebooks(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_HOOK", web.address)
    place = Place(tmp_path, send=["OPS_HOOK"], on_alert="investigate")
    looks = Looks(place, web)
    monkeypatch.setattr("investigate.monitor.round.run", looks)
    alerted.save(tmp_path, *range(40))
    done = place.run(40)
    assert done.exit_code == 3
    assert looks.arrived == [1]
    (meanwhile,) = looks.meanwhile
    assert "another monitor investigates" in meanwhile
    (case,) = place.cases()
    assert f"error: {case.name} could not be investigated: RunError: no answer to 1.yml" in (
        done.stdout
    )
    # Tried once.
    again = place.run(40)
    assert again.exit_code == 3
    assert "investigat" not in again.stdout.replace("investigate run", "")
    assert (len(looks.arrived), len(web.arrived)) == (1, 1)


def test_one_that_was_killed_while_it_investigated_is_made_up_for(
    tmp_path: Path, web: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, on_alert="investigate")
    asked: list[Path] = []

    def killed(question: Path, **_: object) -> None:
        asked.append(question)
        raise SystemExit(9)

    monkeypatch.setattr("investigate.monitor.round.run", killed)
    alerted.save(tmp_path, *range(40))
    assert [place.run(40).exit_code for _ in range(2)] == [9, 9]
    assert len(asked) == 2
