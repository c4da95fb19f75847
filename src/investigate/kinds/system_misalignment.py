"""Two systems' scales disagree: the undo puts each on its own calibrated scale."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="system_misalignment",
    state="broken",
    rank=40,
    undo="points",
    words=Words(
        badge="system misalignment",
        what="systems rank well alone and not together",
        plainly=(
            "the systems' scores are on different scales, so that rows of one are ranked wrongly "
            "against rows of another"
        ),
        next_step="the owners of these systems check whether their scales still agree",
    ),
    find="investigate.analyses.suspects.misalignment:misalignment",
)
