"""A system whose values lost their meaning: by replay where that is possible, else by the log."""

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
    find="investigate.analyses.suspects.systems:systems",
)
