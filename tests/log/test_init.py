import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_engine_is_imported_when_a_log_is_read_and_not_before() -> None:
    program = "import sys, investigate.log as log; log.inputs; print('ibis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
