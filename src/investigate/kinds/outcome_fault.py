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
        badge="labels or other rows",
        what=(
            "scores and labels no longer belong together, and the log does not show whether labels "
            "or scores changed or other rows came"
        ),
        plainly=(
            "scores and recorded outcomes no longer belong together; whether outcomes are recorded "
            "otherwise, scores changed or other cases came is not known"
        ),
        next_step=(
            "people check whether other cases came, such as by a season or a campaign, and the "
            "owners of the outcome data and of the score what each of them changed"
        ),
    ),
)
