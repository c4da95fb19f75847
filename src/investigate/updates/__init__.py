"""Updates drafted from the evidence, when the next is due, a timeline and a post-mortem.

`facts` reads what a record found. `happened`, `causes` and `alerted` make statements of it, each
with the place of every number. Templates only arrange these. No sentence says more than the
finding.
"""
