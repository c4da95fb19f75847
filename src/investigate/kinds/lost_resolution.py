"""Scores that separate rows less while the rows did not become more alike.

`population_mix` finds it where it is everywhere: the same audit tells it from innocent spread;
`system_fault` finds it where one group was struck.
"""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="lost_resolution",
    state="broken",
    rank=80,
    undo="scores",
    words=Words(
        badge="lost resolution",
        what=(
            "scores separate rows less, and nothing shows that the rows became more alike; "
            "check inputs, features, defaults and rounding"
        ),
        plainly=(
            "scores separate cases less than they did, and nothing shows that the cases became "
            "more alike"
        ),
        next_step=(
            "the owners of the score check its inputs, features, defaults and rounding since then"
        ),
    ),
)
"""Murphy 1973 calls resolution how far outcome rates differ from score to score."""
