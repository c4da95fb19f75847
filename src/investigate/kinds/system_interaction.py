"""Systems that act together. `system_fault` finds it: by replay, or by items taken in turns."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="system_interaction",
    state="broken",
    rank=60,
    undo="points",
    words=Words(
        badge="system interaction",
        what="systems harm the score together",
        plainly="systems harm the score together, and none explains the drop alone",
        next_step="the owners of these systems check together what each wrote over",
    ),
    either=Words(
        badge="one system or several",
        what=(
            "systems' values lost their meaning, and without their history it cannot be told "
            "whether one system did it alone"
        ),
        plainly=(
            "the values of systems lost their meaning; whether one system did it alone or several "
            "together is not known"
        ),
        next_step=(
            "the owners of these systems check together what each wrote over, and give the kit the "
            "history of values"
        ),
    ),
)
