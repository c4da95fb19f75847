"""The wheel in an environment of its own, without the repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {**os.environ, "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter")}
"""What the wheel depends on lies outside, and with it the templates of pages."""


def installed(folder: Path) -> Path:
    """The Python of a new environment in `folder` that holds the wheel alone.

    What the wheel depends on is that of this environment, so that no network is needed.
    """
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    built = subprocess.run(
        [sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True
    )
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)
    packages = Path(found.stdout.strip())
    with zipfile.ZipFile(folder / built.stdout.split()[-1]) as wheel:
        wheel.extractall(packages)
    for data in packages.glob("investigate-*.data/data"):
        shutil.copytree(data, folder / "env", dirs_exist_ok=True)
    # A path that a .pth file adds has its own .pth files left alone, and with them the checkout.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python
