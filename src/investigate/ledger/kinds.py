"""The kinds of entries."""

STARTED = "started"
"""A run that began, with the fingerprint of its question; without a `RUN` entry after it,
it goes on or was killed."""

RUN = "run"
"""A run that ended, well or not; it tells of every file of its record."""

VERIFICATION = "verification"
"""What a verification found, of a record or the whole case."""

SIGN_OFF = "sign-off"
"""A reviewer's verdict on a record, signed."""

RERUN = "rerun"
"""How a record's question was answered again, and what that found."""

PRUNE = "prune"
"""Which pages and pictures of records went, by a retention policy."""

UPDATE = "update"
"""What stakeholders were told of the case: the draft and the text that went out, as files."""

ALERT = "alert"
"""An alert of the monitor: what fell, since when; its question as a file."""

ALERT_END = "alert-end"
"""What an alert was about is back inside its bounds."""
