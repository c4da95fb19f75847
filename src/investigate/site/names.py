"""Names of folders as names of pages, whatever bytes they are made of."""

import hashlib
import os
import re

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def slug(name: str) -> str:
    """`name` itself where it is safe in a link and a path, else one made of its hash."""
    if PLAIN.fullmatch(name):
        return name
    return "~" + hashlib.sha256(os.fsencode(name)).hexdigest()[:20]
