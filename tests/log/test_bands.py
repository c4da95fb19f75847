"""Cohort columns of numbers, cut into bands: held to pandas' cut at the same edges."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from investigate.counts.table import MISSING
from investigate.errors import InputError
from investigate.log import bands, count
from investigate.log.rows import narrowed
from investigate.question import params

ROWS = 1_200


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    amount = np.round(rng.lognormal(4, 1, ROWS), 2)
    amount[::50] = np.nan
    return pd.DataFrame(
        {
            "t": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(ROWS) * 24, "min"),
            "y": rng.integers(0, 2, ROWS),
            "s": rng.random(ROWS).round(3),
            "amount": amount,
            "age": rng.integers(18, 90, ROWS),
        }
    )


def asked(path: Path, **more: Any) -> dict[str, Any]:
    return {
        "case": "bands", "log": str(path), "cohorts": ["amount", "age"],
        "columns": {"time": "t", "outcome": "y", "score": "s"},
        "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
        "incident": {"start": "2024-01-11", "end": "2024-01-21"}, **more,
    }  # fmt: skip


def by_pandas(values: pd.Series, edges: list[float]) -> dict[str, int]:
    names = [f"{edge:g}" for edge in edges]
    labels = [f"below {names[0]}", *(f"{a} to below {b}" for a, b in zip(names, names[1:])),  # noqa: B905, RUF007
              f"{names[-1]} or more"]  # fmt: skip
    cut = pd.cut(values, [-np.inf, *edges, np.inf], right=False, labels=labels)
    return cut.astype("object").fillna(MISSING).value_counts().to_dict()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_thousands_of_numbers_are_cut_at_their_fifths(tmp_path: Path, ending: str) -> None:
    made, path = frame(), tmp_path / f"log.{ending}"
    made.to_parquet(path) if ending == "parquet" else made.to_csv(path, index=False)
    counts = count(params.from_values(asked(path), "here"))
    facts = counts.facts[counts.facts["by"] == "amount"]
    (noted,) = [reason for reason in counts.noted() if "bands" in reason]
    edges = [float(edge) for edge in noted.partition(" bands at ")[2].split(", ")]
    # Rounded to two digits, the edges are near the fifths.
    assert edges == pytest.approx(made["amount"].quantile([0.2, 0.4, 0.6, 0.8]), rel=0.05)
    assert facts.groupby("cohort")["rows"].sum().to_dict() == by_pandas(made["amount"], edges)
    # Few distinct numbers stay groups of their own.
    ages = counts.facts[counts.facts["by"] == "age"]
    assert "18" in set(ages["cohort"])


@pytest.mark.parametrize(("width", "cut"), [(4, False), (0, True)])
def test_codes_with_zeros_in_front_keep_their_text(width: int, cut: bool) -> None:
    """Postcodes, say; without such zeros, or as numbers, they are cut."""
    import ibis

    codes = [f"{number:0{width}}" for number in range(300)]
    table = ibis.memtable({"postcode": codes, "size": range(300)})
    assert bands._many_numbers(table.postcode, 200) == cut
    assert bands._many_numbers(table["size"], 200)


@pytest.mark.slow
def test_edges_that_are_named_are_those_of_the_bands(tmp_path: Path) -> None:
    made = frame()
    made.to_parquet(tmp_path / "log.parquet")
    cut = {"age": [30, 65.5], "amount": 50}
    question = params.from_values(asked(tmp_path / "log.parquet", bands=cut), "here")
    facts = count(question).facts
    for name, edges in (("age", [30, 65.5]), ("amount", [50])):
        own = facts[facts["by"] == name].groupby("cohort")["rows"].sum()
        assert own.to_dict() == by_pandas(made[name], edges)


@pytest.mark.slow
@pytest.mark.parametrize("bands_named", [True, False])
def test_rows_are_narrowed_by_the_label_of_a_band(tmp_path: Path, bands_named: bool) -> None:
    made = frame()
    path = tmp_path / "log.parquet"
    made.to_parquet(path)
    more = {"bands": {"amount": [20, 50]}} if bands_named else {}
    whole = count(params.from_values(asked(path, **more), "here")).facts
    own = whole[(whole["by"] == "amount") & whole["cohort"].str.contains(" to below ")]
    label = str(own["cohort"].iloc[0])
    low, high = (float(edge) for edge in label.split(" to below "))
    rows = int(((made["amount"] >= low) & (made["amount"] < high)).sum())
    values = asked(path, where={"amount": label}, **more)
    assert count(params.from_values(values, "here")).meta["rows"] == rows
    values["where"] = {"amount": "20 to below 51"}
    with pytest.raises(InputError, match="no row has '20 to below 51' there; "):
        count(params.from_values(values, "here"))


@pytest.mark.slow
@pytest.mark.parametrize("asked_before", [{"half": "late"}])
def test_a_band_of_more_rows_is_known_when_they_are_narrowed_further(
    asked_before: dict[str, str],
) -> None:
    import ibis

    made = frame()
    # Its fifths differ in both halves, and in each system.
    made["amount"] *= np.where(np.arange(ROWS) % 2, 1, 3)
    made["agent"] = np.where(np.arange(ROWS) % 2, "a", "b")
    made["half"] = np.where(np.arange(ROWS) < 400, "early", "late")
    there = np.logical_and.reduce([made[k] == v for k, v in asked_before.items()] or [True])
    edges = bands.found(ibis.memtable(made[there] if asked_before else made).amount)
    label = bands.written(edges)[0] + " to below " + bands.written(edges)[1]
    inside = there & made["amount"].between(edges[0], edges[1], inclusive="left")
    inside &= made["agent"] == "a"

    def rows(amount: str) -> int:
        where = {**asked_before, "agent": "a", "amount": amount}
        question = params.from_values(asked(Path("log.csv"), where=where), "here")
        return int(narrowed(ibis.memtable(made), question).count().to_pyarrow().as_py())

    assert rows(label) == inside.sum()
    with pytest.raises(InputError, match="no row has '20 to below 51' there; "):
        rows("20 to below 51")


@pytest.mark.slow
def test_a_column_of_text_is_cut_by_the_decimal_mark_that_is_said() -> None:
    import ibis

    def cut(texts: list[str], decimal: str) -> list[str]:
        values = asked(Path("log.csv"), cohorts=["a"], bands={"a": [1000]}, decimal=decimal)
        table = ibis.memtable({"a": texts})
        label, _ = bands.label(table, "a", params.from_values(values, "here"), learn=True)
        return table.select(label=label).to_pyarrow()["label"].to_pylist()

    assert cut(["1,500", "1,200"], ".") == ["1000 or more"] * 2
    assert cut(["1,500", "1,200"], ",") == ["below 1000"] * 2
    assert cut(["1.500", "200"], ",") == ["1000 or more", "below 1000"]
    # Not asked for: what may be a thousand is not taken for one.
    numbers = ibis.memtable({"a": [f"{n}.000" for n in range(1, 9)]}).a
    assert bands._many_numbers(numbers, 2)
    assert not bands._many_numbers(numbers, 2, ",")


def test_edges_are_told_apart_and_none_lies_below_the_least() -> None:
    import ibis

    def found(values: list[float]) -> list[float]:
        return bands.found(ibis.memtable({"x": values}).x)

    assert found([float(v) for v in range(101)]) == [20.0, 40.0, 60.0, 80.0]
    assert found([0.0] * 90 + [1.0, 2.0]) == []
    assert found([100_001.0, 100_002.0, 100_003.0, 100_004.0, 100_005.0, 100_006.0]) == [
        100_002.0, 100_003.0, 100_004.0, 100_005.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edges", "line"),
    [
        ({"age": [30, 20]}, "bands: the edges of 'age' must be rising numbers, such as [18, 30"),
        ({"age": ["old"]}, "bands: the edges of 'age' must be rising numbers"),
        ({"age": []}, "bands: the edges of 'age' must be rising numbers"),
        ({"income": [1]}, "bands: 'income' is no cohort; add it to cohorts, or remove it"),
        ("age", "bands: expected columns with the edges of their bands, such as {age: [18, 30"),
    ],
)
def test_edges_that_cannot_be_are_refused(edges: Any, line: str) -> None:
    with pytest.raises(InputError) as caught:
        params.from_values(asked(Path("log.csv"), bands=edges), "here")
    assert str(caught.value).startswith(f"here: {line}")


def test_what_is_not_said_leaves_fingerprints_as_they_were() -> None:
    question = params.from_values(asked(Path("log.csv")), "here")
    assert "bands" not in question.parameters()
