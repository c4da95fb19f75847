"""No cause, since there is no drop to explain."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="no_drop",
    state="innocent",
    words=Words(
        badge="no drop",
        what="no drop is sure, and one by the tolerance or more is surely excluded",
        plainly="no drop was measured",
        next_step="the score stays watched",
    ),
    either=Words(
        badge="cannot be told",
        what="there are too few rows to say whether AUC fell",
        plainly="there are too few data to say whether the score got worse",
        next_step="the same question is asked again when there are more rows",
    ),
)
