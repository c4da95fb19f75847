"""A kind of cause is one file: everything that tells of kinds reads it there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import made
import plain
import pytest
from stored import counts
from updates.cases import stored

from investigate import kinds as registry
from investigate.analyses.verdict import verdict
from investigate.figures.suspects import suspects as drawn
from investigate.kinds import Kind, kind, kinds, table
from investigate.site import facts as site_facts
from investigate.site.facts import Facts
from investigate.updates import causes
from investigate.updates.facts import facts

README = Path(__file__).parents[2] / "README.md"

MADE_UP = '''
"""A kind of cause that no version has."""
from investigate.analyses.suspects.suspect import Suspect
from investigate.finding import Estimate
from investigate.kinds import Kind, Words


def _find(counts, question):
    return [Suspect("solar_flare", Estimate(0.5, 0.4, 0.6), "It was bright.", supported=True)]


KIND = Kind(
    name="solar_flare",
    state="broken",
    rank=1,
    undo="points",
    words=Words(
        badge="solar flare",
        what="a flare struck the servers",
        plainly="the sun disturbed the machines",
        next_step="people wait for the night",
    ),
    find=_find,
)
'''


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry with one file more."""
    (tmp_path / "solar_flare.py").write_text(dedent(MADE_UP), encoding="utf-8")
    monkeypatch.setattr(registry, "__path__", [*registry.__path__, str(tmp_path)])
    kinds.cache_clear()
    yield
    kinds.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("made_up")
def test_one_file_is_enough() -> None:
    question = made.question()
    counted = counts(lambda: plain.count(made.platform(11, 8_000, "scrambled"), question), "kinds")
    found = verdict(counted, question)
    assert found.detail["verdict"]["kind"] == "solar_flare"
    assert "a flare struck the servers" in found.claim
    labels = [text.get_text() for text in drawn(found).axes[0].get_yticklabels()]
    assert any("solar flare" in label for label in labels)

    document = stored("system_fault")
    document["verdict"] |= {"kind": "solar_flare"}
    document["suspects"][0] |= {"kind": "solar_flare"}
    answer = facts(document)
    assert "points to this: the sun disturbed the machines" in causes.cause(answer).text
    assert causes.next_step(answer).text == "People wait for the night."

    shown = Facts(status="succeeded", kind="solar_flare")
    assert site_facts.verdict(shown) == ("solar flare", "bad")
    assert kind("solar_flare").words.plainly == "the sun disturbed the machines"

    assert "| `solar_flare` | a flare struck the servers |" in table()
    assert table() not in README.read_text("utf-8")


def test_the_readme_shows_every_kind() -> None:
    shown = README.read_text("utf-8")
    missing = [row for row in table().splitlines() if row not in shown]
    assert missing == [], "`make tables` puts these rows into README"
    assert table() in shown, "the rows are in another order: `make tables`"


@pytest.mark.parametrize("known", kinds(), ids=lambda known: known.name)
def test_every_kind_has_its_words(known: Kind) -> None:
    for words in filter(None, (known.words, known.either)):
        clauses = (words.badge, words.what, words.plainly, words.next_step)
        assert all(clause and clause[0].islower() and clause[-1] not in ".;," for clause in clauses)
        # People who read no code know no keys, and no word that is code's own.
        assert not re.search(r"_|\bAUC\b|null|bins?\b", words.plainly + words.next_step)
        assert len(words.badge) <= 24


def test_a_kind_without_words_is_refused() -> None:
    with pytest.raises(TypeError, match="words"):
        Kind(name="mute", state="open")  # type: ignore[call-arg]


def test_names_are_those_of_the_files_and_ranks_are_unique() -> None:
    folder = Path(registry.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {known.name for known in kinds()} == files
    ranks = [known.rank for known in kinds() if known.rank is not None]
    assert ranks == sorted(set(ranks))


def test_two_kinds_of_one_rank_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rank = kind("missing_input").rank
    (tmp_path / "second.py").write_text(
        MADE_UP.replace("rank=1,", f"rank={rank},"), encoding="utf-8"
    )
    monkeypatch.setattr(registry, "__path__", [*registry.__path__, str(tmp_path)])
    kinds.cache_clear()
    with pytest.raises(ValueError, match=f"rank {rank}"):
        kinds()
    monkeypatch.undo()
    kinds.cache_clear()


def test_the_kind_of_another_version_is_told_by_its_name() -> None:
    strange = kind("flux_inversion")
    assert (strange.state, strange.cause) == ("open", False)
    assert site_facts.verdict(Facts(status="succeeded", kind="flux_inversion")) == (
        "flux inversion",
        "open",
    )


def test_what_may_be_either_is_labelled_so() -> None:
    shown = Facts(status="succeeded", kind="outcome_fault", either=True)
    assert site_facts.verdict(shown)[0] == "labels or other rows"
    assert site_facts.verdict(shown.model_copy(update={"either": False}))[0] == "outcome fault"


@pytest.mark.parametrize("known", kinds(), ids=lambda known: known.name)
def test_where_a_kind_is_found_exists(known: Kind) -> None:
    assert known.finder is None or callable(known.finder)
    assert known.cause or known.finder is None
    # The account of the drop must know how to undo every cause.
    assert known.cause == (known.undo is not None)


def test_words_load_no_analysis() -> None:
    code = "import sys, investigate.kinds as k; k.kinds(); print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
