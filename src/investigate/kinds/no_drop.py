"""No cause, since there is no drop to explain."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="no_drop",
    state="innocent",
    words=Words(
        badge="no drop",
        what="no drop of interest is sure, and one by the tolerance or more is surely excluded",
        plainly="no drop was measured",
        next_step="the score stays watched",
    ),
    either=Words(
        badge="cannot be told",
        what="whether AUC fell cannot be told from this log",
        plainly="whether the score got worse cannot be told from these data",
        next_step=(
            "the same question is asked again when there are more rows, or when what keeps it from "
            "being told is repaired"
        ),
    ),
)
