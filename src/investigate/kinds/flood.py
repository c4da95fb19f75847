"""One cluster's rows flood a window, a robot's or a new customer's: the undo leaves them out."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="flood",
    state="open",
    rank=8,
    undo="points",
    words=Words(
        badge="one large cluster",
        what=(
            "one cluster, such as one user, sends a large part of the rows, and the log does not "
            "show whether it is a robot or a new customer"
        ),
        plainly=(
            "one source, such as one customer, makes up a large part of the data, and the data do "
            "not show whether it belongs there"
        ),
        next_step=(
            "people look whose rows these are: a robot's or a test's are left out, a new "
            "customer's are among what is scored now"
        ),
    ),
    find="investigate.analyses.suspects.flooded:flooded",
)
