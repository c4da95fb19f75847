"""Scores made from a default value: the undo leaves those rows out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="missing_input",
    state="broken",
    rank=30,
    undo="rows",
    words=Words(
        badge="missing input",
        what="scores were made from a default value",
        plainly="scores were made from a default value",
        next_step="the owners of the input check where it went missing",
    ),
    find="investigate.analyses.suspects.removal:defaulted",
)
