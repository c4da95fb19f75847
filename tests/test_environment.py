"""The three descriptions of the environment agree, and what is installed carries its parts."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONDA = ROOT / "environment.yml"
PYTHONS = ("3.11", "3.12", "3.13")
DIRECT = [
    *PYPROJECT["project"]["dependencies"],
    *PYPROJECT["dependency-groups"]["dev"],
    *PYPROJECT["build-system"]["requires"],
]


def locked() -> list[tuple[Requirement, list[str]]]:
    """Each requirement in the lock with its hashes, read by joining lines as pip does."""
    text = LOCK.replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    parts = [re.split(r"\s+--hash=", line.strip()) for line in lines]
    return [(Requirement(first), hashes) for first, *hashes in parts]


def pip_lines() -> list[str]:
    conda = yaml.safe_load(CONDA.read_text(encoding="utf-8"))
    return next(part["pip"] for part in conda["dependencies"] if isinstance(part, dict))


def pin(requirement: Requirement) -> tuple[str, str, str]:
    return requirement.name, str(requirement.specifier), str(requirement.marker)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("wanted", DIRECT)
def test_the_lock_satisfies_every_direct_dependency(wanted: str, python: str) -> None:
    requirement = Requirement(wanted)
    where = {"python_version": python, "python_full_version": f"{python}.9"}
    versions = [
        next(iter(found.specifier)).version
        for found, _ in locked()
        if canonicalize_name(found.name) == canonicalize_name(requirement.name)
        and (found.marker is None or found.marker.evaluate(where))
    ]
    assert len(versions) == 1
    assert requirement.specifier.contains(versions[0])


def test_every_pin_is_exact_and_hashed() -> None:
    for requirement, hashes in locked():
        assert [s.operator for s in requirement.specifier] == ["=="], requirement.name
        Version(next(iter(requirement.specifier)).version)
        assert hashes, requirement.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes)


def test_the_lock_names_no_place() -> None:
    options = [line for line in LOCK.splitlines() if re.match(r"\s*--?(?!hash=sha256:)\w", line)]
    assert options == []
    assert re.findall(r"\S*(?:://|file:|@|/tmp|/root|/home)\S*", LOCK) == []


def test_environment_yml_pins_what_the_lock_pins() -> None:
    *pins, kit = pip_lines()
    assert kit == "-e ."
    assert sorted(pin(Requirement(line)) for line in pins) == sorted(pin(r) for r, _ in locked())


def test_environment_yml_opens_with_the_packages_that_users_meet() -> None:
    names = [Requirement(line).name for line in pip_lines()[:5]]
    assert names == ["jupyterlab", "papermill", "pandas", "seaborn", "scikit-learn"]


def test_environment_yml_is_what_its_script_writes() -> None:
    path = ROOT / "tools" / "environment_yml.py"
    spec = importlib.util.spec_from_file_location("environment_yml", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert script.environment_yml(pyproject, LOCK).encode() == CONDA.read_bytes()


@pytest.mark.slow
def test_every_import_of_the_kit_is_a_declared_dependency() -> None:
    """Otherwise a package that another one stops needing would break an installed kit."""
    imported = defaultdict(set)
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            for name in names:
                imported[name.partition(".")[0]].add(path.name)
    declared = {
        canonicalize_name(Requirement(line).name) for line in PYPROJECT["project"]["dependencies"]
    }
    # The extra is not installed here; its packages are called as they are imported.
    extra = {
        Requirement(line).name for line in PYPROJECT["project"]["optional-dependencies"]["engines"]
    } | {"py4j"}  # pyspark's own, whose errors are its.
    made_by = packages_distributions()
    undeclared = {
        name: sorted(files)
        for name, files in imported.items()
        if name not in sys.stdlib_module_names
        and name != "investigate"
        and name not in extra
        and not declared & {canonicalize_name(dist) for dist in made_by.get(name, [])}
    }
    assert undeclared == {}


def names_in_built(kind: str, folder: Path) -> set[str]:
    build = f"from hatchling.build import build_{kind}; print(build_{kind}({str(folder)!r}))"
    command = [sys.executable, "-c", build]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as built:
        return set(built.namelist())


def test_what_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`([\w.-]*/[\w./-]*|[\w-]+\.\w+)`", text)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = set(re.findall(r"\bmake ([a-z]+)", text))
    assert targets <= set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))


NOTEBOOKS = {
    path.relative_to(ROOT / "notebooks").as_posix()
    for path in (ROOT / "notebooks").rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
}
PAGES = {f"investigate/site/{n}" for n in ("site.css", "site.js", "templates/run.html.j2")}
KERNEL = "investigate-0.1.0.data/data/share/jupyter/kernels/investigate/kernel.json"


@pytest.mark.slow
def test_a_wheel_carries_the_notebooks_and_their_kernel(tmp_path: Path) -> None:
    names = names_in_built("wheel", tmp_path)
    assert NOTEBOOKS
    assert {f"investigate/notebooks/{name}" for name in NOTEBOOKS} <= names
    assert {KERNEL, "investigate/cli/trail.py", "investigate/py.typed", *PAGES} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"investigate"}


@pytest.mark.slow
def test_an_editable_install_uses_the_notebooks_of_the_checkout(tmp_path: Path) -> None:
    names = names_in_built("editable", tmp_path)
    assert KERNEL in names
    assert [name for name in names if name.endswith(".ipynb")] == []


def find_python(folder: Path, works: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    """What tools/find_python.sh says where python3.13 is a shim that does not run."""
    for name in ("python3.13", "python3.11", "python3"):
        body = f'exec "{sys.executable}" "$@"' if name in works else "echo not installed; exit 127"
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    command = ["/bin/sh", str(ROOT / "tools" / "find_python.sh")]
    env = {"PATH": str(folder), **env}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_setting_up_passes_over_a_python_that_does_not_run(tmp_path: Path) -> None:
    found = find_python(tmp_path, works=["python3.11", "python3"])
    assert (found.stdout, found.returncode) == (f"{tmp_path / 'python3.11'}\n", 0)


def test_setting_up_takes_the_python_that_is_named(tmp_path: Path) -> None:
    named = str(tmp_path / "python3")
    found = find_python(tmp_path, works=["python3.11", "python3"], PYTHON=named)
    assert (found.stdout, found.returncode) == (f"{named}\n", 0)


@pytest.mark.parametrize("named", [{}, {"PYTHON": "python3.13"}])
def test_setting_up_without_a_usable_python_is_one_clear_line(
    tmp_path: Path, named: dict[str, str]
) -> None:
    found = find_python(tmp_path, works=[], **named)
    assert (found.stdout, found.returncode) == ("", 1)
    assert re.fullmatch(r"The kit needs Python 3\.11 or newer.* make PYTHON=\S+\n", found.stderr)
