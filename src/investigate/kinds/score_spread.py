"""Scores lie closer together. `population_mix` finds it: both are parts of one decomposition."""

from investigate.kinds import UNCLEARED, Kind, Words

KIND = Kind(
    name="score_spread",
    state="innocent",
    rank=110,
    undo="dispersion",
    words=Words(
        badge="score spread",
        what="scores lie closer together and mean what they meant",
        plainly="scores lie closer together and mean what they meant",
        next_step="people check whether a lower dispersion of scores is intended",
    ),
    either=Words(
        badge="spread in part",
        what="scores lie closer together" + UNCLEARED,
        plainly="scores lie closer together, and that does not clear the rest of the drop",
        next_step="engineers look for what else changed beside these rows",
    ),
)
