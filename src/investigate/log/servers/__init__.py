"""Engines beside the built-in one: each a backend of Ibis whose dialect says what DuckDB's does.

Queries are written once, for DuckDB. Where another engine would read one differently, its
compiler here says it so that the answer is the same; nothing else of the kit knows engines.
"""
