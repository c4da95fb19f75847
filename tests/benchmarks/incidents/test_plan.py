"""What a benchmark consists of."""

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.incidents import families
from benchmarks.incidents.plan import ANSWERS, SEEDS, STRENGTHS, Plan
from investigate.errors import InputError
from investigate.simulator import SCENARIOS

CONTROLS, FAULTS = families.PLATFORM_CONTROLS, families.FAULTS[families.PLATFORM]


def test_every_scenario_is_a_fault_or_a_control() -> None:
    single = {name for name in FAULTS if "+" not in name}
    assert single | set(CONTROLS) == set(SCENARIOS)
    assert not single & set(CONTROLS)
    assert len(FAULTS) >= 15


def test_the_default_reports_on_seeds_that_nothing_was_chosen_on() -> None:
    incidents = Plan.read("", STRENGTHS, SEEDS, ANSWERS).incidents()
    assert min(i.seed for i in incidents) >= 5000
    assert {i.strength for i in incidents} == {0.5, 1.0}
    faults = [name for family in families.FAULTS.values() for name in family]
    assert {i.scenario for i in incidents if not i.control} == set(faults)
    controls = [name for family in families.CONTROLS.values() for name in family]
    assert {i.scenario for i in incidents if i.control} == set(controls)


def test_what_breaks_nothing_and_pairs_have_one_strength_and_controls_the_seeds_of_incidents() -> (
    None
):
    asked = "ordinary:late,ordinary:mix_known,ordinary:default_cohort+duplicates@80"
    incidents = Plan.read(asked, "0.5,1", "7..8", 5_000).incidents()
    faults = Counter((i.scenario, i.strength) for i in incidents if not i.control)
    late, mix, pair = asked.split(",")
    assert faults == {(late, 0.5): 2, (late, 1.0): 2, (mix, 1.0): 2, (pair, 1.0): 2}
    controls = Counter(i.scenario for i in incidents if i.control)
    assert controls == dict.fromkeys(families.CONTROLS["ordinary"], 8)
    assert {(i.seed, i.answers) for i in incidents if not i.control} == {(7, 0), (8, 0)}
    assert {i.seed for i in incidents if i.control} == set(range(7, 15))


def test_the_quick_plan_is_for_seeds_to_look_at() -> None:
    incidents = Plan.quick("", "1").incidents()
    assert {i.seed for i in incidents if i.family != "platform" or not i.control} == {1}
    assert {i.family for i in incidents} == set(families.FAULTS)
    assert len(incidents) < 60


def test_as_many_controls_as_incidents_none_twice_and_of_other_seeds() -> None:
    incidents = Plan.read("loop,mix+stale,late", "0.5,1", "1..3", 5_000).incidents()
    assert len(incidents) == len(set(incidents)) == len({i.name for i in incidents}) == 36
    faults = [i for i in incidents if not i.control]
    assert Counter((i.scenario, i.strength, i.seed) for i in faults) == Counter(
        (name, strength, seed)
        for name in ("loop", "mix+stale", "late")
        for strength in (0.5, 1.0)
        for seed in (1, 2, 3)
    )
    controls = [i for i in incidents if i.control]
    assert len(controls) == len(faults)
    assert {i.scenario for i in controls} == set(CONTROLS)
    assert not {i.seed for i in controls} & {1, 2, 3}
    assert {i.strength for i in controls} == {0.5, 1.0}
    assert {i.answers for i in incidents} == {5_000}


@pytest.mark.parametrize(
    ("asked", "seeds"),
    [("7", (7,)), ("1,5", (1, 5)), ("3..5", (3, 4, 5)), ("4..4", (4,)), ("2,2", (2,))],
)
def test_seeds(asked: str, seeds: tuple[int, ...]) -> None:
    assert Plan.read("loop", "1", asked, 5_000).seeds == seeds


@pytest.mark.parametrize(
    ("scenarios", "strengths", "seeds", "answers", "message"),
    [
        ("loops", "1", "1", 5_000, "did you mean loop"),
        ("growth", "1", "1", 5_000, "--scenarios: 'growth' has no fault"),
        ("ordinary:none", "1", "1", 5_000, "--scenarios: 'ordinary:none' has no fault"),
        ("ordinary:lat", "1", "1", 5_000, "there is no ordinary:lat"),
        ("other:late", "1", "1", 5_000, "there is no family 'other'"),
        ("loop", "2", "1", 5_000, "strength: 2.0 is not in"),
        ("loop", "nan", "1", 5_000, "strength: nan is not in"),
        ("loop", "high", "1", 5_000, "--strengths: 'high' cannot be read; write 0.5,1"),
        ("loop", "1", "", 5_000, "--seeds: '' cannot be read; write 1..3 or 1,5"),
        ("loop", "1", "1..", 5_000, "--seeds: '' cannot be read"),
        ("loop", "1", "-1", 5_000, "--seeds: '-1' cannot be read"),
        ("loop", "1", "3,-1", 5_000, "--seeds: '3,-1' cannot be read"),
        ("loop", "1", "5..3", 5_000, "--seeds: '5..3' holds no seed"),
        ("loop", "1", "1", 10, "--answers: 10 are too few; ask for 1000 at least"),
    ],
)
def test_what_cannot_be_simulated_is_told_before_anything_runs(
    scenarios: str, strengths: str, seeds: str, answers: int, message: str
) -> None:
    with pytest.raises(InputError) as error:
        Plan.read(scenarios, strengths, seeds, answers)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("scenarios", "seeds"),
    [("", "1000..1001"), ("loop,mix+stale", "1,5"), ("ordinary", "7"), ("late", "7")],
)
def test_the_command_asks_for_the_same(scenarios: str, seeds: str) -> None:
    plan = Plan.read(scenarios, "0.25,1", seeds, 5_000)
    words = plan.command().split()
    options = dict(zip(words[4::2], words[5::2], strict=True))
    assert plan == Plan.read(
        options.get("--scenarios", ""),
        options["--strengths"],
        options["--seeds"],
        int(options["--answers"]),
    )


def test_spread_over_seeds_no_two_share_a_log_and_each_stands_once_a_turn() -> None:
    asked = Plan.read("ordinary:late,ordinary:mix_known,loop", "0.5,1", "7..8", 5_000)
    incidents = replace(asked, spread=True).incidents()
    size = 2 + 1 + 2 + len(CONTROLS) + len(families.CONTROLS["ordinary"])
    seeds = [i.seed for i in incidents]
    assert len(set(seeds)) == len(seeds) == 2 * size
    # Asked for more scenarios, those of before keep their seeds.
    fewer = replace(asked, spread=True, scenarios=asked.scenarios[:2], seeds=(7,)).incidents()
    assert {i for i in fewer if not i.control} <= set(incidents)
    once = Counter((i.scenario, i.strength, i.control) for i in incidents)
    assert len(once) == size
    assert set(once.values()) == {2}
    assert [i.control for i in incidents] == sorted(i.control for i in incidents)
    assert " --spread " in replace(asked, spread=True).command()


@pytest.mark.parametrize("spread", [False, True])
def test_without_controls_the_incidents_are_those_that_stand_beside_them(spread: bool) -> None:
    asked = replace(Plan.read("ordinary:late,loop", "1", "7", 5_000), spread=spread)
    alone = replace(asked, controls=0)
    assert alone.incidents() == [one for one in asked.incidents() if not one.control]
    assert " --controls 0 " in alone.command()
    assert "--controls" not in asked.command()
