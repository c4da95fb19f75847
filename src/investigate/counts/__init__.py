"""Counts of outcomes by window, group, fold and score bin; after here nobody sees a row."""
