"""A process that shows notebooks for the one that builds a site; see `notebooks`."""

import json
import sys
from pathlib import Path

from investigate.site.notebooks import Job, pages, ready


def main() -> None:
    """Read jobs as JSON, pairs of a record's folder and what leads back; write their pages."""
    ready()
    jobs = json.load(sys.stdin)
    json.dump([pages(Job(Path(record), up)) for record, up in jobs], sys.stdout)


if __name__ == "__main__":
    main()
