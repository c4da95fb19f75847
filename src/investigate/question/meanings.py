"""What each key of a question means, with an example, in the words of its users."""

from dataclasses import dataclass

from pydantic import BaseModel

from investigate.question import fields, history, outcomes
from investigate.question import question as q


@dataclass(frozen=True)
class Meaning:
    """A key's meaning in a sentence or two, and a value of it as YAML."""

    text: str
    example: str


_FORMATS = {
    "time_format": Meaning(
        "How times are written, where that is not certain: a format of strptime, or the unit of "
        "epochs (seconds, milliseconds, microseconds, nanoseconds).",
        "'%d/%m/%Y %H:%M'",
    ),
    "decimal": Meaning("The decimal mark, where the numbers leave it open.", "','"),
    "encoding": Meaning("The encoding of a CSV that is not UTF-8.", "latin-1"),
}

MEANINGS: dict[type[BaseModel], dict[str, Meaning]] = {
    q.Question: {
        "case": Meaning("Names the folder of the records.", "checkout-march"),
        "log": Meaning(
            "The log: a Parquet, CSV or DuckDB file, a pattern of files, or a table of a database. "
            "It is looked up here, then in each folder above.",
            "data/scores-*.parquet",
        ),
        "columns": Meaning("Which column of the log plays which part.",
                           "{time: scored_at, outcome: paid, score: risk}"),
        "baseline": Meaning("The window in which the score was right.",
                            "{start: 2024-01-01, end: 2024-03-01}"),
        "incident": Meaning("The window that is to be explained; it follows the baseline.",
                            "{start: 2024-03-01, end: 2024-03-15}"),
        "cohorts": Meaning(
            "Columns whose groups are looked at; what is known only after the outcome does not "
            "belong here.",
            "[country, channel]",
        ),
        "history": Meaning(
            "Every value that a system wrote, and when: a path, or a mapping with its columns. "
            "Scores are then replayed from earlier values.",
            "data/difficulties.parquet",
        ),
        "precedence": Meaning(
            "Whose value counts where several systems wrote one: last, or the systems, the "
            "strongest first.",
            "[rules, model]",
        ),
        "score_formula": Meaning(
            "How the score follows from ability and difficulty.", "logistic(ability - difficulty)"
        ),
        "replay": Meaning("What is replayed: from when on, and candidate fixes. A list stands for "
                          "its arms.", "{freeze: 2024-03-01}"),
        "events": Meaning(
            "What happened when: a file with columns time and label (and system), or a list.",
            "[{time: 2024-03-01, label: model 7}]",
        ),
        "thresholds": Meaning("What counts as sure, and as a group of its own.",
                              "{confidence: 0.99}"),
        "timezone": Meaning("Where days begin, and in which times without a zone are read.",
                            "Europe/Berlin"),
        "where": Meaning("Narrows the log to rows that have one of these values in each column.",
                         "{country: [DE, FR]}"),
        "every": Meaning("The step of the timeline; by the span of the windows where left out.",
                         "hour"),
        "notebooks": Meaning("Further notebooks that a run executes: paths, folders or patterns.",
                             "[my/*.ipynb]"),
        "bands": Meaning(
            "The edges at which cohort columns of numbers are cut into bands. Without them a "
            "column of more distinct numbers than groups are kept is cut at its fifths.",
            "{age: [18, 30, 65]}",
        ),
        "outcomes": Meaning(
            "Outcomes that stand in a table of their own, joined to the log by a key; "
            "columns.outcome is then left out.",
            "{log: outcomes.csv, columns: {key: request_id, outcome: paid}}",
        ),
    },
    outcomes.Outcomes: {
        "log": Meaning("Its file or table.", "data/outcomes.parquet"),
        "columns": Meaning("Which of its columns plays which part.",
                           "{key: request_id, outcome: paid, observed_at: paid_at}"),
        "as_of": Meaning("Outcomes observed from this moment on are left out, as if it were then.",
                         "2024-03-08"),
    },
    outcomes.OutcomeColumns: {
        "key": Meaning("Which row of the log an outcome belongs to.", "request_id"),
        "outcome": Meaning("What came of it.", "paid"),
        "observed_at": Meaning("When that was known.", "paid_at"),
        **_FORMATS,
    },
    q.Columns: {
        "time": Meaning("When a row was scored: a timestamp, a date, text or an epoch.",
                        "scored_at"),
        "outcome": Meaning("What came of it: 0 or 1, true or false, yes or no.", "paid"),
        "score": Meaning("What ranked it: any number, of which a higher one means that the outcome "
                         "1 is likelier.", "risk"),
        "system": Meaning("Whose score was in force: a model, a rule set, a version.", "engine"),
        "item": Meaning("What was scored, such as a product or an exercise; many rows share one.",
                        "merchant"),
        "cluster": Meaning("Whom rows depend on, such as a customer: intervals allow for it.",
                           "customer_id"),
        "ability": Meaning("What the score assumed of the one who answers, for replays.",
                           "ability"),
        "positive": Meaning("The texts of outcomes that mean 1.", "[fraud]"),
        "negative": Meaning("The texts that mean 0; without them the most frequent other text.",
                            "[fine]"),
        "key": Meaning("What joins a row to its outcome; outcomes.columns.key where both are "
                       "called so.", "request_id"),
        "turned": Meaning("Turns a score round of which a lower one means that 1 is likelier.",
                          "'1 - score'"),
        "weight": Meaning("How much a row counts in AUC and its parts, at least 0, such as the "
                          "inverse of the chance with which it was sampled.", "sampling_weight"),
        **_FORMATS,
    },
    q.Window: {
        "start": Meaning("Its first moment; a date is midnight in the timezone. "
                         "today, yesterday, -30d, -2w and -6h are counted back from now.",
                         "2024-03-01"),
        "end": Meaning("The first moment that is not in it.", "2024-03-15T12:00"),
    },
    q.Event: {
        "time": Meaning("When it happened.", "2024-03-01T09:30"),
        "label": Meaning("What happened.", "model 7 went live"),
        "system": Meaning("The system that it concerns.", "model"),
    },
    q.Thresholds: {
        "confidence": Meaning("Of all intervals and of what is called sure.", "0.99"),
        "false_discovery_rate": Meaning("The share of discovered groups that may be chance.",
                                        "0.1"),
        "smallest_drop": Meaning("In AUC: a drop that is surely smaller is not investigated.",
                                 "0.01"),
        "tolerance": Meaning("In AUC: a change that is surely smaller is an all-clear.", "0.02"),
        "max_groups": Meaning("Groups of a column beyond so many, by rows, are counted together.",
                              "50"),
        "smallest_group": Meaning("Groups of fewer rows in both windows are counted together.",
                                  "30"),
        "unreadable": Meaning("The largest share of rows that may be left out as unreadable.",
                              "0.2"),
    },
    history.History: {
        "log": Meaning("Its file or table.", "data/difficulties.parquet"),
        "columns": Meaning("Which of its columns plays which part.", "{item: exercise}"),
    },
    history.HistoryColumns: {
        "time": Meaning("When the value was written.", "written_at"),
        "item": Meaning("What it was written for.", "exercise"),
        "system": Meaning("Who wrote it.", "writer"),
        "difficulty": Meaning("The value.", "value"),
        **_FORMATS,
    },
    history.Replay: {
        "freeze": Meaning("Writes from this moment on are undone. Where left out: the incident's "
                          "start, or the last row before it where that is at most a day earlier "
                          "and values were written in between.", "2024-03-01"),
        "arms": Meaning("Candidate fixes that are tried beside it.",
                        "[{name: fixed, system: rules, history: fixed.parquet}]"),
    },
    history.CandidateFix: {
        "name": Meaning("What the fix is called.", "fixed"),
        "system": Meaning("The system whose writes it replaces.", "rules"),
        "history": Meaning("What it would have written.", "fixed.parquet"),
    },
    fields.Table: {
        "url": Meaning(
            "The database; a password by an environment variable.",
            "postgres://reader:${PASSWORD}@host/db",
        ),
        "table": Meaning("The table in it.", "scores"),
        "path": Meaning("Files that Spark reads, in place of a table.", "s3a://logs/scores"),
    },
}  # fmt: skip
"""By the part of a question that holds the key."""
