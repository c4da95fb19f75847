"""Keeping: what of old records may go, and what never does.

Pages and pictures can be made again from the question and the log; the ledger, findings,
counts, code cells, texts and every hash stay. What goes is told by an entry first, so that a
verification knows it from what was removed by hand.
"""
