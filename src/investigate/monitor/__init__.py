"""Watch a score day by day: count what is new, judge it, and open a case when something fell.

Daily counts stay in one small file; charts are pure arithmetic over them, so the same counts
give the same alerts.
"""
