"""An incident with its truth, and how it is written as the folder of a question."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml


@dataclass(frozen=True)
class Made:
    """A log, the question to ask of it without its files, and the truth.

    ``history``, where there is one, has the columns that the question names. The truth is as
    `truth_of` makes it.
    """

    log: pd.DataFrame
    question: Mapping[str, Any]
    truth: Mapping[str, Any]
    history: pd.DataFrame | None = None

    def write(self, folder: Path) -> None:
        """log.parquet, history.parquet, question.yml and truth.json; whole or not at all."""
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        self.log.to_parquet(part / "log.parquet", index=False)
        question = {"case": "benchmark", "log": str(folder / "log.parquet"), **self.question}
        if self.history is not None:
            self.history.to_parquet(part / "history.parquet", index=False)
            question["history"] = {"log": str(folder / "history.parquet"), **question["history"]}
        text = yaml.safe_dump(question, sort_keys=False, allow_unicode=True)
        (part / "question.yml").write_text(text, "utf-8")
        truth = json.dumps(self.truth, indent=2, ensure_ascii=False) + "\n"
        (part / "truth.json").write_text(truth, "utf-8")
        part.replace(folder)


def truth_of(
    cause: Mapping[str, Any],
    causes: Sequence[Mapping[str, Any]],
    *,
    onset: pd.Timestamp | None,
    reference: float,
    until: pd.Timestamp | None = None,
    shape: str = "step",
    innocent: bool = False,
) -> dict[str, Any]:
    """The truth of an incident, as JSON.

    `cause` has kind, accept (kinds that are right as well), system, systems, cohort, cohorts
    (what else is right) and took (AUC points). ``causes`` are all of them, where there are any.
    ``onset`` is the first day with rows of the fault; dates up to ``until`` are right, too.
    ``reference`` is the AUC that the incident's days have without the fault.
    """
    return {
        **cause,
        "causes": list(causes),
        "onset": onset.date().isoformat() if onset is not None else None,
        "until": until.date().isoformat() if until is not None else None,
        "shape": shape,
        "innocent": innocent,
        "reference": reference,
    }
