"""Notebooks are executed and recorded here, and opaque."""
