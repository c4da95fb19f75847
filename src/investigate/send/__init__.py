"""Sending: what is to be told goes where people are, once, also when it cannot go at once.

A message lies in the outbox as a file whose name says how far it came. It is claimed before
it is sent and marked after, so that of two senders one sends it, and one that is killed in
between leaves it claimed: whether it arrived is not known then, and it is not sent again by
itself. At most once, and nothing lost without a word.
"""
