"""What was read: rows counted, rows left out, and what in the log is not as expected."""

from collections.abc import Iterable, Mapping
from typing import Any

from investigate.analyses.wording import percent
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.question.question import Question


def reading(counts: Counts, question: Question) -> Finding:
    """Rows of the log and of both windows, and each breach of the contract."""
    meta = counts.meta
    out = sum(meta["excluded"].values())
    scored = counts.facts[counts.facts["by"] == "all"].groupby("window")["rows"].sum()
    rows = [
        {"what": "rows of the log", "rows": meta["rows"], "left out": out},
        {"what": "scored rows in the baseline", "rows": int(scored.get(0, 0))},
        {"what": "scored rows in the incident", "rows": int(scored.get(1, 0))},
    ]
    return Finding(
        name="reading",
        claim=_claim(meta["rows"], out, len(meta["breaches"])),
        table=(*rows, *_breaches(meta["breaches"])),
        caveats=(
            "Rows that cannot be scored are left out; all others stay in, duplicates too: they "
            "compete as a suspect.",
            *(["`investigate check` shows examples of such rows."] if meta["breaches"] else []),
            f"Fingerprint of the question (SHA-256 of its values): {meta['fingerprint']}.",
        ),
        detail={"fingerprint": meta["fingerprint"], "excluded": dict(meta["excluded"])},
    )


def _claim(rows: int, out: int, breaches: int) -> str:
    left = f"{out:,} ({percent(out / rows)}) are left out" if out else "none is left out"
    kinds = {0: "nothing in it is odd", 1: "one thing in it is not as expected"}
    found = kinds.get(breaches, f"{breaches} things in it are not as expected")
    return f"The log holds {rows:,} rows; {left}, and {found}."


def _breaches(breaches: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for breach in breaches:
        out = breach["rows"] if breach["excluded"] else 0
        yield {"what": breach["reason"], "rows": breach["rows"], "left out": out}
