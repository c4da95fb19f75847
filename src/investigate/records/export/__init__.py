"""A record as one zip, which plain tools verify where the kit is not installed."""
