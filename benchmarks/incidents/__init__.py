"""The incident benchmark: incidents of known cause, and how often the kit names it."""
