"""Labels that changed. `system_fault` finds it: the same evidence separates labels from scores."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="outcome_fault",
    state="broken",
    rank=50,
    undo="labels",
    words=Words(
        badge="outcome fault",
        what="the labels changed, not the scores",
        plainly="the recorded outcomes changed, not the scores",
        next_step="the owners of the outcome data check how outcomes are recorded",
    ),
    either=Words(
        badge="scores or labels",
        what=(
            "scores and labels no longer belong together, and the log does not show which of them "
            "changed"
        ),
        plainly=(
            "scores and recorded outcomes no longer belong together; which of them changed is not "
            "known"
        ),
        next_step=(
            "the owners of the score and of the outcome data check what each of them changed"
        ),
    ),
)
