"""Two records side by side: their questions, numbers and notebooks; nothing is written.

Records may come from strangers, so nothing in them is trusted to be what a run writes.
"""
