"""A question proposed from a log that nobody has described."""
