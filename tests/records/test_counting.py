"""A run takes kept counts where question and log are the same, and counts in every other case."""

from pathlib import Path

import pytest
from placed import PARAMS, make_log

from investigate import log
from investigate.counts.table import Counts
from investigate.errors import RunError
from investigate.log.cache import Cache
from investigate.question import params
from investigate.question.question import Question
from investigate.records.counting import counted
from investigate.records.environment import hashed
from investigate.records.secrets import NO_SECRETS, Secrets

SECRET = "tangerine-sofa"


class Counter:
    """Counts a small log, and how often; may alter it meanwhile."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times, self.alters, self._count = 0, False, log.count
        self.cache = Cache(folder / "kept")
        monkeypatch.chdir(folder)
        monkeypatch.setattr(log, "count", self.count)
        make_log().to_csv("log.csv", index=False)
        Path("params.yml").write_text(PARAMS)

    def count(self, question: Question, tables: None) -> Counts:
        self.times += 1
        if self.alters:
            make_log()[1:].to_csv("log.csv", index=False)
        return self._count(question, tables)

    def ask(self, secrets: Secrets = NO_SECRETS, *overrides: str) -> tuple[Counts, bool]:
        question = params.load(Path("params.yml"), overrides)
        result = counted(question, None, lambda: hashed(question, None, []), self.cache, secrets)
        assert [entry["path"] for entry in result[1]] == ["log.csv"]
        return result[0], result[2]


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(tmp_path, monkeypatch)


@pytest.mark.slow
def test_the_same_rows_are_counted_once(counter: Counter) -> None:
    first, kept = counter.ask()
    assert not kept
    second, kept = counter.ask()
    assert kept
    assert counter.times == 1
    assert dict(first.meta) == dict(second.meta)
    _, kept = counter.ask(NO_SECRETS, "incident.end=2024-01-20")
    assert not kept


@pytest.mark.slow
def test_a_changed_log_is_counted_whatever_its_time_says(counter: Counter) -> None:
    first, _ = counter.ask()
    make_log()[1:].to_csv("log.csv", index=False)
    second, kept = counter.ask()
    assert not kept
    assert second.meta["rows"] == first.meta["rows"] - 1


@pytest.mark.slow
def test_a_log_that_changed_while_it_was_read_leaves_nothing(counter: Counter) -> None:
    counter.alters = True
    with pytest.raises(RunError, match="changed while it was read"):
        counter.ask()
    assert [path for path in counter.cache.folder.iterdir() if path.is_dir()] == []


@pytest.mark.slow
def test_counts_that_hold_a_secret_are_not_kept(counter: Counter) -> None:
    made = make_log()
    made["system"] = made["system"].replace(made["system"][0], SECRET)
    made.to_csv("log.csv", index=False)
    secrets = Secrets({"TOKEN": SECRET})
    assert counter.ask(secrets)[1] is False
    assert counter.ask(secrets)[1] is False
    assert counter.times == 2
