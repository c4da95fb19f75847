"""Scores lie closer together. `population_mix` finds it: both are parts of one decomposition."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="score_spread",
    state="innocent",
    rank=110,
    undo="dispersion",
    words=Words(
        badge="score spread",
        what="scores lie closer together and mean what they meant",
        plainly="scores lie closer together and mean what they meant",
        next_step="people check whether a narrower spread of scores is meant",
    ),
)
