"""No cause is named, since none recovers enough."""

from investigate.kinds import Kind, Words

KIND = Kind(
    name="unexplained",
    state="open",
    words=Words(
        badge="unexplained",
        what="none of these surely recovers a third of the drop",
        plainly="nothing that the log lets us test surely accounts for a third of the drop",
        next_step="engineers look beyond the log: at changes that it does not show",
    ),
)
