"""The ledger of a case: what was done to its records, each entry bound to the one before.

``audit/<case>/ledger.jsonl`` holds an entry a line. A chain of hashes shows any change to
what lies before a hash that is known from elsewhere; here that is a signature. Whoever can
write to the folder can take away everything after the last signed entry and write it anew.
"""
