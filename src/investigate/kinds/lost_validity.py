"""Outcomes follow the scores less than before; `system_fault` finds it where both may be why."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="lost_validity",
    state="broken",
    rank=85,
    undo="labels",
    words=Words(
        badge="lost validity",
        what="scores no longer rank outcomes as they did",
        plainly="scores no longer predict outcomes as they did",
        next_step=(
            "the owners of the score and of the outcome data check what each of them changed"
        ),
    ),
    either=Words(
        badge="scores or labels",
        what=(
            "scores no longer rank outcomes as they did, and the log does not show whether scores "
            "or labels changed"
        ),
        plainly=(
            "scores no longer predict outcomes as they did; whether the scores or the recorded "
            "outcomes changed is not known"
        ),
        next_step=(
            "the owners of the score and of the outcome data check what each of them changed"
        ),
    ),
)
