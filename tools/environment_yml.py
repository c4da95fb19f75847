"""Write environment.yml, the conda form of the environment, from pyproject.toml and the lock.

Run by `make lock`. Everything comes from pip inside conda, so that both ways to set up give the
same versions; conda gives Python itself.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USERS_MEET = ("jupyterlab", "papermill", "pandas", "seaborn", "scikit-learn")


def python_range(pyproject: str) -> str:
    """The Pythons that the classifiers name, as a conda version range."""
    classifiers = tomllib.loads(pyproject)["project"]["classifiers"]
    minors = sorted(
        int(match[1]) for line in classifiers if (match := re.search(r":: 3\.(\d+)$", line))
    )
    return f">=3.{minors[0]},<3.{minors[-1] + 1}"


def pins(lock: str) -> list[tuple[str, str]]:
    """The lock's lines without their hashes: the name, and `name==version ; marker`, sorted."""
    lines = re.findall(r"^([\w.-]+)(==[^\\\n]+)", lock, flags=re.MULTILINE)
    return sorted((name, name + rest.strip()) for name, rest in lines)


def environment_yml(pyproject: str, lock: str) -> str:
    """The text of environment.yml: the packages that users meet come first."""
    pinned = pins(lock)
    met = [line for wanted in USERS_MEET for name, line in pinned if name == wanted]
    rest = [line for name, line in pinned if name not in USERS_MEET]
    return "\n".join(
        [
            "# Made by `make lock` from pyproject.toml and requirements.lock. Use it with",
            "#   conda env create -f environment.yml",
            "name: investigate",
            "channels:",
            "  - conda-forge",
            "dependencies:",
            f"  - python{python_range(pyproject)}",
            "  - pip",
            "  - pip:",
            "      # What you meet.",
            *(f"      - {line}" for line in met),
            "      # What these and the checks need.",
            *(f"      - {line}" for line in rest),
            "      # The kit itself.",
            "      - -e .",
            "",
        ]
    )


def main() -> None:
    """Write environment.yml beside pyproject.toml."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    text = environment_yml(pyproject, lock)
    (ROOT / "environment.yml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
