"""A log counted by day or by hour, file by file, so that nothing need be read twice."""

EXACT = 8_192
"""Distinct scores that have a bin of their own each where other bins were too coarse."""
