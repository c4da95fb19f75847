import hashlib
import subprocess
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from investigate.records.export.sums import sums

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)


@given(NAMES.map(lambda name: name[:50]).filter(lambda name: name not in (".", "..", "SUMS")))
@example("a\nb")
@example("a\\nb")
@example("\r")
@example(" a ")
@example("-c")
def test_sha256sum_reads_it(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text("x")
        text = sums({name: hashlib.sha256(b"x").hexdigest()})
        (Path(folder) / "SUMS").write_text(text, encoding="utf-8", newline="")
        command = ["sha256sum", "--strict", "-c", "SUMS"]
        assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 0
