"""A system whose values lost their meaning: by replay where that is possible, else by the log.

It is ``either`` in a log that names no systems, where nobody knows whose values they were.
"""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="system_fault",
    state="broken",
    rank=70,
    undo="scores",
    words=Words(
        badge="system fault",
        what="a system's values lost their meaning",
        plainly="the values of a system lost their meaning",
        next_step="the owners of that system check what it wrote since then",
    ),
    either=Words(
        badge="values lost",
        what="values that scores are made from, such as those of items, lost their meaning",
        plainly="values that the scores are made from lost their meaning",
        next_step=(
            "the owners of the score check which values it is made from since then, and how they "
            "are joined to its rows"
        ),
    ),
    find="investigate.analyses.suspects.systems:systems",
)
