from hypothesis import given
from hypothesis import strategies as st

from investigate.records.compare.changed import Changed, Number
from investigate.records.compare.numbers import findings

SCALAR = (
    st.none() | st.booleans() | st.text(max_size=2) | st.integers(-9, 9)
    | st.floats(-1, 1) | st.just(1.7e308) | st.just(-1.7e308)
)  # fmt: skip
DOCUMENT = st.dictionaries(st.sampled_from("abcdef"), SCALAR)


def test_each_kind_of_number() -> None:
    a = {"same": 1.5, "more": 2, "gone": 0.5, "null": None, "was_null": None}
    b = {"same": 1.5, "more": 5, "new": -1, "null": None, "was_null": 0.0}
    assert findings(a, b) == (
        (
            Number("same", 1.5, 1.5, 0.0, "equal"),
            Number("more", 2, 5, 3.0, "changed"),
            Number("gone", 0.5, None, None, "removed"),
            Number("was_null", None, 0.0, None, "added"),
            Number("new", None, -1, None, "added"),
        ),
        (),
    )


def test_one_bit_is_a_change() -> None:
    ((number,), _) = findings({"x": 0.1 + 0.2}, {"x": 0.3})
    assert not number.equal
    assert number.change == 0.3 - (0.1 + 0.2) != 0.0


def test_what_is_no_number_is_seen_where_it_differs() -> None:
    a = {"kind": "mix", "stands": True, "date": "2024-01-01", "odd": "1", "flag": True}
    b = {"kind": "mix", "stands": False, "date": None, "odd": 1, "flag": 1}
    numbers, texts = findings(a, b)
    assert numbers == ()
    assert texts == (
        Changed("stands", True, False),
        Changed("date", "2024-01-01", None),
        Changed("odd", "1", 1),
        Changed("flag", True, 1),
    )


@given(DOCUMENT)
def test_a_document_equals_itself(document: dict[str, object]) -> None:
    numbers, texts = findings(document, document)
    assert texts == ()
    assert all(number.equal and number.change == 0.0 for number in numbers)
    assert len(numbers) == sum(
        isinstance(value, int | float) and not isinstance(value, bool)
        for value in document.values()
    )


@given(DOCUMENT, DOCUMENT)
def test_the_other_way_round(a: dict[str, object], b: dict[str, object]) -> None:
    there, back = findings(a, b), findings(b, a)
    turned = {"added": "removed", "removed": "added"}
    assert {(n.path, n.b, n.a, turned.get(n.kind, n.kind)) for n in there[0]} == {
        (n.path, n.a, n.b, n.kind) for n in back[0]
    }
    assert {(t.name, repr(t.b), repr(t.a)) for t in there[1]} == {
        (t.name, repr(t.a), repr(t.b)) for t in back[1]
    }
    changes = {n.path: n.change for n in back[0]}
    for number in there[0]:
        change = changes[number.path]
        assert number.change == (None if change is None else -change)
