from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from investigate.records.compare.flat import flat

KEYS = st.sampled_from(["a", "b", "a.b", "group", "kind", "c[0]"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text(max_size=3) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_no_value_is_lost_whatever_keys_are_called(document: dict[str, Any]) -> None:
    assert list(flat(document).values()) == leaves(document)


def test_paths_name_what_a_value_is() -> None:
    pair = {"positives_of": "x", "negatives_of": "y", "weight": 0.5}
    suspect = {"kind": "mix", "system": None, "cohort": {"country": "DE"}, "points": 0.1}
    arm = {"frozen": "nothing", "auc": {"low": 0.2}}
    paths = flat(
        {
            "auc": {"change": {"value": -0.1}},
            "by": {"system*a": [{"group": "x × DE", "contribution": 1.0}]},
            "pairs": {"system": [pair]},
            "suspects": [suspect],
            "arms": [arm, {**arm, "frozen": "x, y"}],
            "systems": ["x"],
        }
    )
    numbers = {path: value for path, value in paths.items() if isinstance(value, float)}
    assert numbers == {
        "auc.change.value": -0.1,
        "by.system*a[x × DE].contribution": 1.0,
        "pairs.system[x y].weight": 0.5,
        "suspects[mix country=DE].points": 0.1,
        "arms[nothing].auc.low": 0.2,
        "arms[x, y].auc.low": 0.2,
    }
    assert paths["systems[0]"] == "x"


def test_the_order_of_groups_does_not_matter() -> None:
    rows = [{"group": name, "contribution": n} for n, name in enumerate("abc")]
    assert flat({"by": rows}) == flat({"by": rows[::-1]})


def test_groups_of_one_name_are_numbered() -> None:
    found = flat({"by": [{"group": "x", "n": 1}, {"group": "x", "n": 2}]})
    assert (found["by[x].n"], found["by[x #2].n"]) == (1, 2)
