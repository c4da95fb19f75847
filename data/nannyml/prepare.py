"""The tables of this folder, taken from a wheel of NannyML: README.md says what they hold.

Run ``pip download --no-deps nannyml==0.13.0``, then ``python data/nannyml/prepare.py WHEEL``, with
``--out DIR`` for another folder; the same wheel gives the same bytes.
"""

import argparse
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
PREDICTED = [
    *("id", "timestamp", "y_pred_proba", "car_value", "salary_range"),
    *("repaid_loan_on_prev_car", "size_of_downpayment", "loan_length"),
]
YEARS = [2015, 2018]
PERSON = ["id", "predicted_probability", "employed", "AGEP", "SEX", "DIS", "CIT"]


def made(wheel: Path) -> dict[str, pd.DataFrame]:
    """Each table by its name."""
    with zipfile.ZipFile(wheel) as packed:

        def held(name: str, read: Callable[[Any], pd.DataFrame]) -> pd.DataFrame:
            return read(io.BytesIO(packed.read(f"nannyml/datasets/data/{name}")))

        loan = "synthetic_car_loan"
        before, later = (held(f"{loan}_{p}.csv", pd.read_csv) for p in ("reference", "analysis"))
        repaid = held(f"{loan}_analysis_target.csv", pd.read_csv)
        census = "employment_MA"
        people = held(f"{census}_reference.pq", pd.read_parquet)
        others = held(f"{census}_analysis.pq", pd.read_parquet)
        employed = held(f"{census}_analysis_target.pq", pd.read_parquet)
    predictions = pd.concat([before, later], ignore_index=True)[PREDICTED]
    kinds = {"id": "int32", "car_value": "int32", "loan_length": "int32"}
    predictions = predictions.astype({**kinds, "y_pred_proba": "float32"})
    predictions["timestamp"] = pd.to_datetime(predictions["timestamp"]).astype("datetime64[ms]")
    outcomes = pd.concat([before[["id", "repaid"]], repaid], ignore_index=True)
    everyone = pd.concat([people, others.merge(employed, on="id")], ignore_index=True)
    chosen = everyone[everyone["year"].isin(YEARS)].reset_index(drop=True)
    whole = {"id": "int32"} | dict.fromkeys(PERSON[2:], "int16")
    person = chosen[PERSON].astype(whole)
    person["predicted_probability"] = person["predicted_probability"].astype("float32")
    # The survey goes on all year long and names no days.
    person.insert(0, "surveyed", pd.to_datetime(chosen["year"].astype(str) + "-07-01"))
    person["surveyed"] = person["surveyed"].astype("datetime64[ms]")
    return {
        "loan_predictions": predictions,
        "loan_outcomes": outcomes.astype({"id": "int32", "repaid": "int8"}),
        "employment": person,
    }


def main() -> int:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=HERE)
    asked = parser.parse_args()
    for name, frame in made(asked.wheel).items():
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
        path = asked.out / f"{name}.parquet"
        packed = [column for column in ("id", "timestamp") if column in frame]
        pq.write_table(
            table, path, compression="zstd", compression_level=19,
            use_dictionary=[column for column in frame if column not in packed],
            column_encoding=dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
        )  # fmt: skip
        print(f"{path}: {len(frame):,} rows, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
