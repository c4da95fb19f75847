"""One cluster's rows flood a window: the undo leaves them out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="flood",
    state="broken",
    rank=8,
    undo="points",
    words=Words(
        badge="flood of one cluster",
        what="the rows of one cluster, such as one user, flood a window",
        plainly="one source, such as one user, makes up a large part of the data",
        next_step="people look whose rows these are, and leave a robot's or a test's out",
    ),
    find="investigate.analyses.suspects.flooded:flooded",
)
