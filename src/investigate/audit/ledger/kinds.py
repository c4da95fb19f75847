"""The kinds of entries."""

RUN = "run"
"""A run that ended, well or not; it tells of every file of its record."""

VERIFICATION = "verification"
"""What a verification found, of a record or the whole case."""

SIGN_OFF = "sign-off"
"""A reviewer's verdict on a record, signed."""
