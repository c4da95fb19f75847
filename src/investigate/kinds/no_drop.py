"""No cause, since there is no drop to explain."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="no_drop",
    state="innocent",
    words=Words(
        badge="no drop",
        what="the change is within its interval",
        plainly="no drop was measured",
        next_step="the score stays watched",
    ),
)
