"""Scores made from a default value, or cut to a few: the undo leaves those rows out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="missing_input",
    state="broken",
    rank=30,
    undo="rows",
    words=Words(
        badge="missing input",
        what="scores were made from a default value, or cut to a few",
        plainly="scores were made from a default value, or cut to a few",
        next_step="the owners of the input check where it went missing",
    ),
    find="investigate.analyses.suspects.removal:defaulted",
)
