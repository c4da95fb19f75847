"""Narrower scores where nothing shows whether rows or scores changed.

`population_mix` finds it: the signal audit separates them where it has enough rows.
"""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="cannot_tell",
    state="open",
    rank=120,
    undo="dispersion",
    words=Words(
        badge="cannot tell",
        what=(
            "scores lie closer together, and the log does not show whether the rows became more "
            "alike or the score lost information"
        ),
        plainly=(
            "scores lie closer together, and the data do not show whether the cases became "
            "more alike or the score lost information"
        ),
        next_step="engineers check the inputs of the score, and name what cases have in common",
    ),
)
