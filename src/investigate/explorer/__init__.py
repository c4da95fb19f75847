"""Counts by day as a page on which both windows can be dragged.

The page holds the counts, and the arithmetic of `investigate.counts` and `investigate.analyses`
in plain JavaScript, so that it works wherever it is opened: in a notebook, with or without a
kernel, and from a disk. It runs its own script and nothing else, and asks for nothing.
"""
