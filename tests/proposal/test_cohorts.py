"""Which columns make cohorts, of columns whose use is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from investigate.log.looking import Look, SampledColumn
from investigate.proposal.cohorts import cohorts, dependent

N = 2_000
RNG = np.random.default_rng(5)
TRUTHS = RNG.integers(0, 2, N).astype(float)


def seen(name: str, values: Any, numbers: bool = False) -> SampledColumn:
    labels = pd.Series(values, dtype="object").map(lambda v: None if v is None else str(v))
    read = np.array([np.nan if v is None else float(v) for v in values]) if numbers else None
    return SampledColumn(name, "text", labels, numbers=read)


def chosen(*columns: SampledColumn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = cohorts(Look("log.csv", "CSV", N, columns), [], TRUTHS)
    return found.chosen, found.warnings


def test_groups_bands_and_the_largest_of_many_are_taken() -> None:
    found = chosen(
        seen("country", RNG.choice(["DE", "FR"], N)),
        seen("grade", RNG.integers(1, 7, N), numbers=True),
        seen("amount", RNG.random(N), numbers=True),
        seen("city", [f"c{n}" for n in RNG.integers(0, 120, N)]),
    )
    assert found == (("country", "grade", "amount", "city"), ())


def test_ids_and_what_does_not_vary_are_not() -> None:
    columns, warnings = chosen(
        seen("merchant_id", RNG.integers(0, 90, N), numbers=True),
        seen("request", [f"r{n}" for n in range(N)]),
        seen("constant", ["a"] * N),
        seen("empty", [None] * N),
    )
    assert columns == ()
    assert [line.partition(" is an id of")[0] for line in warnings] == [
        "'merchant_id'",
        "'request'",
    ]


def test_numbers_of_people_are_no_cohort_and_might_be_the_cluster() -> None:
    columns = (
        seen("beleg", RNG.permutation(N) + 7_000, numbers=True),
        seen("w", RNG.permutation(np.arange(N) % 600), numbers=True),
        # As many numbers without gaps, but most of them small: an amount.
        seen("amount", np.sort(RNG.permutation(N) // 3) ** 2 // 200, numbers=True),
    )
    assert chosen(*columns)[0] == ("amount",)
    assert [line.partition(" is an id of")[0] for line in chosen(*columns)[1]] == ["'beleg'", "'w'"]
    assert dependent(Look("log.csv", "CSV", N, columns), []) == ["w"]


def test_a_column_of_many_numbers_that_would_not_be_cut_gets_edges() -> None:
    age = RNG.permutation(np.arange(N) % 73) + 18
    columns = (
        seen("age", age, numbers=True),
        seen("few", RNG.integers(0, 9, N), numbers=True),
        seen("share", RNG.random(N), numbers=True),
    )
    found = cohorts(Look("log.csv", "CSV", N, columns), [], TRUTHS)
    assert found.chosen == ("age", "few", "share")
    (edges,) = found.bands.values()
    assert edges == [round(np.quantile(age, share)) for share in (0.2, 0.4, 0.6, 0.8)]


def test_what_is_known_only_afterwards_is_left_out_and_told() -> None:
    after = [f"closed {n % 3}" if y else None for n, y in enumerate(TRUTHS)]
    columns, warnings = chosen(
        seen("refund", np.where(TRUTHS == 1, 20 + RNG.random(N), 0), numbers=True),
        seen("closed_as", after),
        seen("state", np.where(TRUTHS == 1, "gone", "here")),
        seen("noise", RNG.choice(["a", "b"], N)),
    )
    assert columns == ("noise",)
    assert [line.partition(" alone")[0] for line in warnings] == [
        "'refund' seems known only afterwards: its values",
        "'closed_as' seems known only afterwards: its empty and filled rows",
        "'state' seems known only afterwards: its groups",
    ]


def test_a_group_for_each_row_tells_nothing_afterwards() -> None:
    columns, _ = chosen(seen("ticket", [f"t{n % 700}" for n in range(N)]))
    assert columns == ()


@pytest.mark.slow
def test_no_more_than_eight_are_taken_and_the_rest_is_named() -> None:
    columns, warnings = chosen(*(seen(f"c{n}", RNG.choice(["a", "b"], N)) for n in range(10)))
    assert len(columns) == 8
    assert warnings == ("cohorts: the first 8 columns are taken; left out are c8, c9",)
