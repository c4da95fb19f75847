"""Counts as text are read back as they were."""

import base64
import zlib

import numpy as np
import pandas as pd
import pytest
from explored import example

from investigate import log
from investigate.explorer.data import encoded, page_data


def decoded(text: str) -> list[int]:
    """The numbers, read byte by byte."""
    found, value, shift = [], 0, 0
    for byte in zlib.decompress(base64.b64decode(text)):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


@pytest.mark.parametrize("seed", range(5))
def test_cells_are_read_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes, steps = [3, 7, 20_000], 40_000
    keys = np.unique(rng.integers(0, steps * int(np.prod(sizes)), 500))
    step, first, second, number = np.unravel_index(keys, (steps, *sizes))
    frame = pd.DataFrame({"step": step, "system": first, "cohort": second, "bin": number})
    frame["positives"] = rng.integers(0, 10**6, len(keys)) * rng.integers(0, 2, len(keys))
    frame["negatives"] = rng.integers(0, 200, len(keys))
    numbers = decoded(encoded(frame, sizes, ["system", "cohort", "bin"]))
    assert np.cumsum(numbers[::3]).tolist() == keys.tolist()
    assert numbers[1::3] == frame["positives"].tolist()
    assert numbers[2::3] == frame["negatives"].tolist()


@pytest.mark.slow
def test_no_score_and_no_cluster_is_told() -> None:
    found = example()
    counts = log.by_steps(found.question, found.tables)
    page = page_data(found.question, counts, None)
    assert page["inexact"] == []
    assert page["quantiles"][0] == pytest.approx(1.959964, abs=1e-6)
    assert page["quantiles"][31] == pytest.approx(2.039513, abs=1e-6)
    assert not any(isinstance(value, float) for value in page.values())
