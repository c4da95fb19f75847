"""Rows that find no outcome in the table that is joined: the undo puts them back."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="join_loss",
    state="broken",
    rank=15,
    undo="outcomes",
    words=Words(
        badge="join loss",
        what="rows find no outcome any more when outcomes are joined",
        plainly="for some rows the outcomes are no longer found",
        next_step="the owners of the outcome data check why these rows find no outcome",
    ),
    find="investigate.analyses.suspects.unjoined:unjoined",
)
