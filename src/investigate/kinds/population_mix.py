"""Other rows are scored now: the undo gives the baseline's shares of groups back."""

from investigate.kinds import UNCLEARED, Kind, Words

KIND = Kind(
    name="population_mix",
    state="innocent",
    rank=100,
    undo="mix",
    words=Words(
        badge="population mix",
        what="other rows are scored now",
        plainly="other rows are scored now",
        next_step="people check whether these other rows should be scored",
    ),
    find="investigate.analyses.suspects.innocent:innocent",
    either=Words(
        badge="mix in part",
        what="other rows are scored now" + UNCLEARED,
        plainly="other rows are scored now, and that does not clear the rest of the drop",
        next_step="engineers look for what else changed beside these rows",
    ),
)
