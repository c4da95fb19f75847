"""Codes are the places of labels in their order, and lead back to them."""

from typing import Any

import ibis
import messy
import pandas as pd
import pytest

from investigate.counts.table import FOLDS
from investigate.log import folds
from investigate.log.coding import NOTHING, Coding, coding
from investigate.log.temporary import keep

RAW = ["b", "a", None, "été", "", "a", "nan", "B", "10", "9"]


def coded(load: Any, values: list[Any], name: str = "item") -> tuple[Coding, pd.DataFrame, Any]:
    table = load(pd.DataFrame({"id": range(len(values)), name: pd.Series(values)}))
    found = coding(table, [name])
    rows = keep(found.coded(table))
    return found, rows.to_pandas().sort_values("id"), rows


def test_codes_are_places_in_the_order_of_labels(load: Any) -> None:
    found, rows, _ = coded(load, RAW)
    labels = found.columns["item"].labels
    assert labels == sorted({text for text in RAW if text not in (None, "", "nan")})
    known = [text if text in labels else None for text in RAW]
    codes = [None if text is None else labels.index(text) for text in known]
    assert [None if pd.isna(code) else int(code) for code in rows["item"]] == codes
    texts = [text or "(missing)" for text in known]
    assert found.texts("item", rows["item"]).tolist() == texts
    assert found.texts("item", pd.Series([NOTHING, 0])).tolist() == ["(missing)", labels[0]]


def test_codes_lead_back_to_text(load: Any) -> None:
    found, _, rows = coded(load, RAW)
    texts = found.with_texts(rows, {"text": "item"}).to_pandas().sort_values("id")["text"]
    labels = found.columns["item"].labels
    assert [None if pd.isna(t) else t for t in texts] == [t if t in labels else None for t in RAW]


def test_numbers_and_truths_are_labels_as_csv_files_have_them(load: Any) -> None:
    assert coded(load, [2.0, 10.0, float("nan"), 2.0])[0].columns["item"].labels == ["10.0", "2.0"]
    assert coded(load, [True, False])[0].columns["item"].labels == ["False", "True"]
    assert coded(load, [10, 9, 9])[0].columns["item"].labels == ["10", "9"]


@pytest.mark.slow
def test_columns_that_are_not_coded_are_text_as_they_stand(load: Any) -> None:
    table = load({"system": ["x", None]})
    assert Coding().with_texts(table, {"text": "system"}).to_pandas()["text"].tolist()[0] == "x"
    assert Coding().texts("system", ["x", "y"]).tolist() == ["x", "y"]


@pytest.mark.slow
def test_a_cluster_is_hashed_once_and_alike(load: Any) -> None:
    found, _, _ = coded(load, [f"student {n % 7}" for n in range(50)], "cluster")
    known = found.columns["cluster"].table.to_pandas()
    assert len(known) == 7
    table = load(pd.DataFrame({"cluster": known["label"], "time": pd.Timestamp("2024-01-01")}))
    table = table.mutate(item=ibis.literal("i"), system=ibis.literal("s"), bin=0)
    rows = table.select("cluster", fold=folds.fold(table, messy.question("x"))).to_pandas()
    assert dict(zip(known["label"], known["fold"], strict=True)) == dict(rows.to_numpy().tolist())
    assert known["fold"].between(0, FOLDS - 1).all()
