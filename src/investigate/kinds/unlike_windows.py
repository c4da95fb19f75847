"""The incident is of other weekdays or hours than the baseline, and AUC was as low on these."""

from investigate.kinds import UNCLEARED, Kind, Words

KIND = Kind(
    name="unlike_windows",
    state="innocent",
    rank=5,
    undo="windows",
    words=Words(
        badge="unlike windows",
        what="the windows do not compare like with like",
        plainly="the score was as weak at such times of the week or day before",
        next_step="engineers compare with earlier times of the same weekdays and hours",
    ),
    find="investigate.analyses.suspects.like_with_like:like_with_like",
    either=Words(
        badge="unlike windows",
        what="the windows do not compare like with like" + UNCLEARED,
        plainly=(
            "the score was weak at such times of the week or day before, and that does not clear "
            "the rest of the drop"
        ),
        next_step="engineers compare with earlier times of the same weekdays and hours",
    ),
)
