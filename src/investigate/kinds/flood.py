"""Rows of one or a few clusters flood a window, a robot's or a new customer's, and are left out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="flood",
    state="open",
    rank=8,
    undo="points",
    words=Words(
        badge="few large clusters",
        what=(
            "one or a few clusters, such as users, send a large part of the rows, and the log does "
            "not show whether these are robots or new customers"
        ),
        plainly=(
            "one or a few sources, such as customers, make up a large part of the data, and the "
            "data do not show whether they belong there"
        ),
        next_step=(
            "people look whose rows these are: a robot's or a test's are left out, a new "
            "customer's are among what is scored now"
        ),
    ),
    find="investigate.analyses.suspects.flooded:flooded",
)
