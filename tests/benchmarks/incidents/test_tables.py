"""The tables of results that were made by hand."""

from verdicts import result

from benchmarks.incidents.sheet import Sheet
from benchmarks.incidents.tables import tables

MATHS = {"subject": "maths"}
SCOPED, WHOLE = ("system_fault", "a", MATHS), ("system_fault", "a", None)
NOTHING = ("no_drop", None, None)


def rows(sheet: Sheet) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows}


def test_by_scenario() -> None:
    made = [
        result(SCOPED, SCOPED, WHOLE, scenario="x", seed=1),
        result(SCOPED, ("system_fault", "b", MATHS), scenario="x", seed=2, onset="2024-02-11"),
        result(SCOPED, NOTHING, scenario="x", seed=3, moved=0.029),
        result(WHOLE, WHOLE, scenario="y", onset="2024-02-09", points=0.08),
        {**result(scenario="y", seed=9), "error": "ValueError: x"},
    ]
    made[0]["said"]["with"] |= {"onset_low": "2024-02-07", "onset_high": "2024-02-09"}
    made[1]["said"]["with"] |= {"onset_low": "2024-02-09", "onset_high": "2024-02-13"}
    for one in made[:2]:
        one["days"] = [f"2024-02-{day:02}" for day in range(5, 16)]
    _, having, withheld, *_ = map(rows, tables(made))
    assert having["x"] == {
        "scenario": "x",
        "judged": "2 of 3",
        "kind": "2/2 (100%)",
        "system": "1/2 (50%)",
        "kind and system": "1/2 (50%)",
        "cohort": "2/2 (100%)",
        "no cohort": "–",
        "onset ≤ 1 day": "1/2 (50%)",
        "median days": "1.5",
        "interval holds it": "1/2 (50%)",
        "its days, median": "3",
        "AUC points off": "0.010",
        "both named": "–",
        "misleading": "0",
    }
    assert having["y"]["judged"] == "2 of 2"
    assert having["y"]["kind and system"] == "1/2 (50%)"
    assert having["y"]["no cohort"] == "1/2 (50%)"
    assert having["y"]["AUC points off"] == "0.030"
    assert having["**all**"]["judged"] == "4 of 5"
    assert having["**all**"]["kind and system"] == "2/4 (50%)"
    assert withheld["x"]["cohort"] == "1/2 (50%)"


def test_by_size() -> None:
    made = [
        result(moved=moved, seed=n, answered=answer)
        for n, (moved, answer) in enumerate(
            [(0.005, NOTHING), (0.02, NOTHING), (0.02, WHOLE), (0.05, WHOLE), (0.3, WHOLE)]
        )
    ]
    found = rows(tables(made)[3])
    assert [row["incidents"] for row in found.values()] == ["1", "2", "1", "0", "1"]
    assert found["0.01–0.03"]["no sure drop"] == "1/2 (50%)"
    assert found["0.01–0.03"]["kind and system, with history"] == "1/2 (50%)"
    assert found["over 0.12"]["kind and system, with history"] == "1/1 (100%)"


def test_controls() -> None:
    made = [
        result(NOTHING, NOTHING, WHOLE, scenario="none", control=True),
        result(NOTHING, ("score_spread", None, None), NOTHING, scenario="none", control=True),
    ]
    found = rows(tables(made)[4])["**all**"]
    assert list(found.values())[1:] == ["2", "0/2 (0%)", "1/2 (50%)", "1/2 (50%)", "0/2 (0%)"]


def test_what_was_wrong_is_listed() -> None:
    made = [
        result(SCOPED, SCOPED, NOTHING, scenario="x"),
        result(WHOLE, WHOLE, scenario="y"),
        result(WHOLE, NOTHING, scenario="z", moved=0.01),
        {**result(scenario="e").copy(), "error": "ValueError: a | b"},
    ]
    assert tables(made)[6].rows == (
        ("x, 1, 1", "0.100", "system_fault, a, subject maths", "right", "no_drop"),
        ("e, 1, 1", "–", "system_fault, a", *["no answer: ValueError: a / b"] * 2),
    )


def test_nothing_to_tell() -> None:
    assert [sheet.rows[-1][0] for sheet in tables([])] == [
        "none", "**all**", "**all**", "over 0.12", "**all**", "none", "none",
    ]  # fmt: skip


def test_by_family_in_each_way_that_was_asked() -> None:
    made = [
        result(WHOLE, WHOLE, NOTHING, scenario="x"),
        result(WHOLE, SCOPED, scenario="x", seed=2, onset="2024-02-11"),
        result(NOTHING, WHOLE, NOTHING, scenario="none", control=True),
        result(WHOLE, WHOLE, scenario="ordinary:late"),
    ]
    del made[3]["said"]["with"]
    made[0]["said"]["with"]["off"], made[1]["said"]["with"]["off"] = 1e-13, 2e-12
    found = rows(tables(made)[0])
    assert list(found) == ["platform, with", "platform, without", "ordinary, without"]
    assert list(found["platform, with"].values())[1:] == [
        "2", "2/2 (100%)", "1/2 (50%)", "1/2 (50%)", "–", "–", "0/3 (0%)", "1/3 (33%)", "–",
        "2e-12",
    ]  # fmt: skip
    assert found["platform, without"]["cleared though broken"] == "1/3 (33%)"


def test_what_misled_stands_with_the_command_that_makes_it() -> None:
    made = [
        result(WHOLE, WHOLE, NOTHING, scenario="ordinary:late", seed=7, answers=0),
        result(NOTHING, WHOLE, NOTHING, scenario="none", control=True, strength=0.5),
    ]
    make = "python -m benchmarks.incidents make"
    assert [row[0] for row in tables(made)[5].rows] == [
        f"{make} ordinary:late --seed 7 --out DIR",
        f"{make} none --seed 1 --strength 0.5 --answers 1000 --out DIR",
    ]
    assert [row[3] for row in tables(made)[5].rows] == ["cleared", "accused"]
