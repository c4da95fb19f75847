"""The newest outcomes are not all in: the undo ends the incident before rows grow few."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="late_outcomes",
    state="broken",
    rank=20,
    undo="points",
    words=Words(
        badge="late outcomes",
        what="the newest outcomes are not all in",
        plainly="the newest outcomes are not all in",
        next_step="the same question is asked again when the outcomes are in",
    ),
    find="investigate.analyses.suspects.lateness:lateness",
)
