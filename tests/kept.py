"""Counts that runs of one session of tests share, where counting is not what a test is about.

They are found by what is asked, the content of the files and the code that counts, as a user's
are. A module that imports `kept_counts` shares; in all others every run counts.
"""

import os
from collections.abc import Iterator

import pytest

from investigate.log.cache import VARIABLE


@pytest.fixture(autouse=True, scope="module")
def kept_counts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Within a module, runs and the processes that it starts find what others counted."""
    base = tmp_path_factory.getbasetemp()
    # The folder of a worker lies in that of the session.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(shared / "kept counts"))
        yield
