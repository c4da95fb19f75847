"""Make the score log and the difficulty history of the OULAD case from its submissions.

Two difficulty systems, described in difficulty_systems.py, score every submission before its day
and learn from it afterwards. An outcome is 1 for a mark of at least 80; banked results, carried
over from an earlier presentation, are no fresh answers: they are counted and left out. Nothing
that is known only afterwards (final_result, unregistration_day) is read.

Run ``python data/oulad/prepare.py [--out DIR]``; the same input gives the same bytes.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from difficulty_systems import run_systems

FOLDER = Path(__file__).resolve().parent

GOOD_MARK = 80
# The student's answers on earlier days; the leading zero lets the labels sort as text.
EXPERIENCE = {"00-04": 0, "05-14": 5, "15+": 15}

KEYS = ["submitted_on", "id_assessment", "id_student"]
RENAMED = {"code_module": "module", "code_presentation": "presentation"}
STUDENT = ["region", "gender", "age_band", "imd_band", "highest_education", "disability"]
READ = [*KEYS, "is_banked", "score", "assessment_type", *RENAMED, *STUDENT]
LOG = pa.schema(
    [
        ("submitted_on", pa.timestamp("us", "UTC")),
        ("id_assessment", pa.int32()),
        ("id_student", pa.int32()),
        ("system", pa.string()),
        ("score", pa.float64()),
        ("outcome", pa.int8()),
        ("ability", pa.float64()),
        ("earlier_answers", pa.string()),
        ("module", pa.string()),
        ("assessment_type", pa.string()),
        ("module_type", pa.string()),
        ("presentation", pa.string()),
        *((name, pa.string()) for name in STUDENT),
    ]
)
HISTORY = pa.schema(
    [
        ("time", pa.timestamp("us", "UTC")),
        ("item", pa.int32()),
        ("system", pa.string()),
        ("difficulty", pa.float64()),
    ]
)


class InputError(Exception):
    """The submissions cannot be read; the message says what, where and what to do."""


def read_submissions(path: Path) -> tuple[pd.DataFrame, int]:
    """Fresh answers sorted by day, assessment and student, and how many results were banked.

    Raises InputError if the file is no Parquet file, lacks a column, a value or a fresh answer.
    """
    try:
        raw = pq.read_table(path, columns=READ).to_pandas()
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"cannot read {path.name}: {reason}; restore the original") from error
    for name in READ:
        if name != "imd_band" and raw[name].isna().any():
            raise InputError(f"{path.name}: {name} has missing values; restore the original")
    fresh = raw[raw["is_banked"] == 0]
    if fresh.empty:
        raise InputError(f"{path.name}: no fresh answers in it; restore the original")
    answers = fresh.assign(outcome=(fresh["score"] >= GOOD_MARK).astype("int8"))
    answers = answers.drop(columns=["score", "is_banked"]).rename(columns=RENAMED)
    return answers.sort_values(KEYS, ignore_index=True), len(raw) - len(fresh)


def build(answers: pd.DataFrame) -> tuple[pa.Table, pa.Table]:
    """The log and the history of answers as read_submissions returns them."""
    scored, history = run_systems(answers)
    edges = [*EXPERIENCE.values(), np.inf]
    experience = pd.cut(scored["earlier"], edges, right=False, labels=list(EXPERIENCE))
    log = answers.join(scored).assign(
        submitted_on=answers["submitted_on"].dt.tz_localize("UTC"),
        earlier_answers=experience.astype("str"),
        module_type=answers["module"] + " " + answers["assessment_type"],
    )
    history = history.assign(time=history["time"].dt.tz_localize("UTC"))
    # The cast drops the metadata of pandas, so that the bytes do not depend on its version.
    return (
        pa.Table.from_pandas(log[LOG.names], LOG, preserve_index=False).cast(LOG),
        pa.Table.from_pandas(history, HISTORY, preserve_index=False).cast(HISTORY),
    )


def save(tables: dict[str, pa.Table], out: Path) -> None:
    """Write every table beside its place first, so that none is ever half-written."""
    out.mkdir(parents=True, exist_ok=True)
    jobs = [(table, out / name, out / f".{name}.{os.getpid()}") for name, table in tables.items()]
    try:
        for table, _, part in jobs:
            pq.write_table(table, part, compression="zstd")
        for _, place, part in jobs:
            part.replace(place)
    finally:
        for _, _, part in jobs:
            part.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None, submissions: Path | None = None) -> int:
    """Exit status 0, 2 for unreadable input, 1 where the output cannot be written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: beside this file")
    out = parser.parse_args(arguments).out
    try:
        answers, banked = read_submissions(submissions or FOLDER / "submissions.parquet")
        log, history = build(answers)
        save({"log.parquet": log, "history.parquet": history}, out)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: cannot write to {out}: {error.strerror or error}", file=sys.stderr)
        return 1
    print(f"{banked:,} banked results left out")
    print(f"log.parquet: {log.num_rows:,} scored answers")
    print(f"history.parquet: {history.num_rows:,} difficulties written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
