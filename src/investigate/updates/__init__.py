"""Telling: updates drafted from the evidence, the clock they keep, the material for a post-mortem.

`facts` reads what a record found, `statements` says it in sentences that know where each of
their numbers stands, and templates only arrange those. No sentence says more than the finding.
"""
