"""Rows that are in the log more than once: the undo leaves the repeats out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="duplicate_rows",
    state="broken",
    rank=10,
    undo="rows",
    words=Words(
        badge="duplicate rows",
        what="rows were counted more than once",
        plainly="rows were counted more than once",
        next_step="the owners of the log check why rows are there more than once",
    ),
    find="investigate.analyses.suspects.removal:repeated",
)
