"""Many runs at once: of several questions, or of one with values that are swept.

Each is an ordinary run with a record of its own. What is finished is not run again.
"""
