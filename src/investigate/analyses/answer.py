"""The answer: every finding in one document, the contract that other programs read."""

from collections.abc import Mapping
from typing import Any

from investigate.analyses.certificate import certificate
from investigate.analyses.contributions import contributions
from investigate.analyses.drop import drop
from investigate.analyses.join_loss import join_loss
from investigate.analyses.mechanism import PARTS, mechanism
from investigate.analyses.onset import onset
from investigate.analyses.pairs import pairs
from investigate.analyses.replay.replay import replay
from investigate.analyses.scorecard import OF_GROUPS, scorecard
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding, plain
from investigate.question.question import Question

SCHEMA = 1
ONSET = ("date", "low", "high", "p_value", "shape", "from", "to")


def answer(counts: Counts, question: Question) -> Finding:
    """The verdict, with ``detail["findings"]``: the whole of findings.json."""
    dropped, dated, named = (f(counts, question) for f in (drop, onset, verdict))
    return Finding(
        name="answer",
        claim=named.claim,
        numbers=dropped.numbers,
        table=named.table,
        caveats=(*named.caveats, *dropped.caveats),
        detail={
            "findings": plain(
                {
                    "schema": SCHEMA,
                    "case": question.case,
                    "auc": _auc(dropped),
                    "onset": _onset(dated),
                    "beside_auc": _beside(counts, question),
                    "by": {
                        by: [dict(row) for row in contributions(counts, question, by).table]
                        for by in counts.groupings()
                        if by != "all"
                    },
                    "pairs": _pairs(pairs(counts, question)),
                    **_mechanism(mechanism(counts, question)),
                    "replay": _replay(replay(counts, question)),
                    **_join_loss(counts, question),
                    "verdict": named.detail["verdict"],
                    "suspects": named.detail["suspects"],
                    "noted": counts.noted(),
                    "account": named.detail["account"],
                    "certificate": _certificate(certificate(counts, question)),
                    "excluded_rows": dict(sorted(counts.meta["excluded"].items())),
                }
            )
        },
    )


def _auc(dropped: Finding) -> dict[str, Any]:
    rows = {row["window"]: row["rows"] for row in dropped.table}
    weighted = {
        row["window"]: {"effective_rows": row["effective rows"]}
        for row in dropped.table
        if "effective rows" in row
    }
    return {
        **{
            w: {**dropped.numbers[w].to_json(), "rows": rows[w], **weighted.get(w, {})}
            for w in ("baseline", "incident")
        },
        "change": dropped.numbers["change"].to_json(),
        "bin_bound": dropped.detail["bin_bound"],
    }


def _certificate(found: Finding) -> dict[str, Any]:
    return {
        **found.detail["whole"],
        "sentence": found.claim,
        "fell": [dict(row) for row in found.detail["fell"]],
        "groups": [dict(row) for row in found.table],
    }


def _onset(dated: Finding) -> dict[str, Any] | None:
    found: Mapping[str, Any] | None = dated.detail["onset"]
    if not found:
        return None
    return {**{key: found[key] for key in ONSET}, "advice": dated.detail["advice"]}


def _beside(counts: Counts, question: Question) -> dict[str, Any]:
    """All measures of the whole log; of groups those that a group has of its own."""
    of_groups = {
        by: [
            dict(row)
            for row in scorecard(counts, question, by).table
            if row["measure"] in OF_GROUPS
        ]
        for by in counts.groupings()
        if by != "all" and "*" not in by
    }
    return {"all": [dict(row) for row in scorecard(counts, question).table], **of_groups}


def _pairs(found: Finding) -> dict[str, Any]:
    return {
        "system": [dict(row) for row in found.table],
        **{
            name: found.numbers.get(name, Estimate(None)).value
            for name in ("mix", "entered_or_left")
        },
    }


def _join_loss(counts: Counts, question: Question) -> dict[str, Any]:
    """Only where outcomes are joined, so that other answers keep their keys."""
    if counts.join_days.empty:
        return {}
    found = join_loss(counts, question)
    groups = [dict(row) for row in found.table]
    return {"join_loss": {"sentence": found.claim, "groups": groups, **found.detail}}


def _replay(found: Finding) -> dict[str, Any]:
    if found.detail["refused"]:
        return {"refused": found.detail["refused"]}
    return {
        **found.detail,
        "arms": [dict(row) for row in found.table],
        "numbers": dict(found.numbers),
    }


def _mechanism(found: Finding) -> dict[str, Any]:
    return {
        "mechanism": {part: found.numbers[part].value for part in PARTS},
        "mechanism_intervals": {part: found.numbers[part] for part in PARTS},
    }
