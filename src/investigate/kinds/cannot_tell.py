"""Narrower scores where nothing shows whether rows or scores changed.

`population_mix` finds it: the signal audit, which tells them apart elsewhere, has no say.
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
            "scores lie closer together, and nothing tells whether the rows became more alike or "
            "the score tells them apart less"
        ),
        plainly=(
            "scores lie closer together, and whether the cases became more alike or the score "
            "lost something cannot be told"
        ),
        next_step="engineers check the inputs of the score, and name what cases have in common",
    ),
)
