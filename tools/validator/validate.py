"""Validate an RO-Crate against a profile without a network.

Run it with the Python of ``.venv/validator``:

    .venv/validator/bin/python tools/validator/validate.py FOLDER [option of the validator …]

The validator reads one document from the web, the context of RO-Crate 1.1. It is put into the
validator's cache from the copy beside this file (``ro-crate-1.1-context.json``, as it is
published at that address and in the package rocrate 0.13.0; CC0, by the RO-Crate community),
and the validator is told to use nothing but its cache.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests_cache import CachedSession  # type: ignore[import-not-found]
from rocrate_validator.cli import cli  # type: ignore[import-not-found]
from urllib3 import HTTPResponse

ADDRESS = "https://w3id.org/ro/crate/1.1/context"
COPY = Path(__file__).with_name("ro-crate-1.1-context.json")
PROFILE = "process-run-crate-0.5"


class Shelf(BaseAdapter):
    """Answers every request with the copy."""

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        """The copy, as if it came from the web."""
        response = Response()
        response.status_code, response.url, response.request = 200, str(request.url), request
        response.headers["Content-Type"] = "application/ld+json"
        body = io.BytesIO(COPY.read_bytes())
        response.raw = HTTPResponse(body, request_url=request.url, preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Validate the crate named first on the command line; exit as the validator does."""
    with tempfile.TemporaryDirectory() as folder:
        cache = f"{folder}/cache"
        with CachedSession(cache) as session:
            session.mount("https://", Shelf())
            session.get(ADDRESS)
        fixed = ["--offline", "--cache-path", cache, "--profile-identifier", PROFILE]
        # The validator cannot read a crate whose path holds a space.
        crate = shutil.copytree(sys.argv[1], f"{folder}/crate")
        cli(["--no-interactive", "validate", *fixed, "--no-paging", *sys.argv[2:], crate])


if __name__ == "__main__":
    main()
