"""A record's question answered again, and held against what the record says.

What runs are the notebooks that the record names, so rerun a stranger's record only after
reading them.
"""
