"""Lay out what the documentation site is made of: the repository's pages, and what is generated.

A page is where it is in the repository, so one link serves both. Whatever a page links to
comes along; a link to nothing ends this with a list. Run by `make docs` with the kit's Python.
"""

import base64
import re
import shutil
import sys
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import nbformat
import typer
import yaml

import investigate
from investigate.cli import app

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LINK = re.compile(r"(!?\[[^\]\n]*\]\()([^)\s]+)(\))")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.M | re.S)
CODE = re.compile(r"`+[^`\n]+`+")
STYLE = re.compile(r"<style.*?</style>", re.S)


def main(folder: Path) -> int:
    """Fill `folder` with pages; 1 where a link leads nowhere."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("extra.css", "iframe-worker.js"):
        shutil.copy(HERE / name, folder)
    generated = {"docs/reference/python.md": names(), "docs/reference/commands.md": commands()}
    for place, text in generated.items():
        _write(folder / place, text)
    faults = _lay(folder, [page for page in listed() if page not in generated])
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def listed() -> list[str]:
    """The pages that the site's navigation names."""
    navigation = yaml.safe_load((HERE / "mkdocs.yml").read_text("utf-8"))["nav"]

    def within(entry: object) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        parts = entry.values() if isinstance(entry, dict) else entry
        return [page for part in parts for page in within(part)]  # type: ignore[attr-defined]

    return within(navigation)


def _lay(folder: Path, pages: list[str]) -> list[str]:
    """Copy `pages` and all that they link to; what is wrong with links, in sentences."""
    faults, waiting, seen = [], list(pages), set(pages)
    while waiting:
        place = waiting.pop(0)
        source = ROOT / place
        notebook = source.with_suffix(".ipynb")
        if source.suffix == ".md" and (source.is_file() or notebook.is_file()):
            if source.is_file():
                text = source.read_text("utf-8")
            else:
                text = page_of(notebook, folder / place)
            text, targets = relinked(text, place)
            _write(folder / place, text)
            for target in targets:
                if (
                    not (ROOT / target).is_file()
                    and not (ROOT / target).with_suffix(".ipynb").is_file()
                ):
                    faults.append(f"{place}: there is no {target}")
                elif target not in seen:
                    seen.add(target)
                    waiting.append(target)
        else:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / place)
    return faults


def relinked(text: str, place: str) -> tuple[str, list[str]]:
    """The page with links to notebooks as links to their pages, and the files that it names."""
    targets = []

    def changed(match: re.Match[str]) -> str:
        head, link, tail = match.groups()
        path, mark, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:") or not path or path.startswith("data:"):
            return match[0]
        target = (ROOT / place).parent.joinpath(unquote(path)).resolve().relative_to(ROOT)
        if target.parts[:2] == ("docs", "learn") and target.suffix == ".ipynb":
            path, target = path.removesuffix(".ipynb") + ".md", target.with_suffix(".md")
        if (folder := ROOT / target).is_dir() and (folder / "README.md").is_file():
            path, target = path.rstrip("/") + "/README.md", target / "README.md"
        targets.append(target.as_posix())
        return f"{head}{path}{mark}{anchor}{tail}"

    # What is in code is no link.
    parts, last = [], 0
    for block in FENCE.finditer(text):
        parts += [_outside_code(text[last : block.start()], changed), block[0]]
        last = block.end()
    return "".join([*parts, _outside_code(text[last:], changed)]), targets


def _outside_code(text: str, changed: object) -> str:
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    text = LINK.sub(changed, CODE.sub(hide, text))  # type: ignore[call-overload]
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], text)


def page_of(notebook: Path, page: Path) -> str:
    """The text of a notebook with its outputs; its figures are written beside `page`."""
    parts = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for number, output in enumerate(cell.get("outputs", [])):
            data = output.get("data", {})
            if picture := data.get("image/png"):
                place = page.with_name(f"{page.stem}-{cell.id}{number or ''}.png")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(base64.b64decode(picture))
                # As HTML: the file is no file of the repository.
                parts.append(f'<p><img src="{place.name}" alt="{cell.metadata["alt"]}"></p>')
            elif table := data.get("text/html"):
                rows = "\n".join(line for line in STYLE.sub("", table).splitlines() if line.strip())
                parts.append(f'<div class="output">\n{rows}\n</div>')
            else:
                text = output.get("text") or data.get("text/plain", "")
                parts.append(f"```text\n{text.rstrip()}\n```")
    link = f"[{notebook.name}]({notebook.name})"
    return "\n\n".join([*parts, f"This page is a notebook with its outputs: {link}."]) + "\n"


def names() -> str:
    """A page of the public names, in the order of the data flow; the site fills in docstrings."""
    order = ["open", "Investigation", "Finding", "Estimate", "example_log"]
    order += ["auc_interval", "decompose", "Decomposition"]
    order += ["run", "load", "Record", "Question", "Counts", "InputError", "RunError"]
    order += [name for name in investigate.__all__ if name not in order]
    parts = ["# Public names", "All of `investigate`; [From Python](../api.md) shows them at work."]
    for name in order:
        home = getattr(investigate, name).__module__
        parts.append(f"::: {home}.{name}\n    options:\n      heading_level: 2")
    return "\n\n".join(parts) + "\n"


def commands() -> str:
    """A page of all commands with their arguments and options, as the command line tells them."""
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="investigate")
    parts = [
        "# Commands",
        "Exit statuses: 0 done; 1 failed; 2 bad input; 3 something is to be done.",
    ]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        parts += [f"## {name}", command.help or ""]
        rows = [_row(one) for one in command.params]
        parts.append("\n".join(["| takes | |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _row(one: Any) -> str:
    value = "" if getattr(one, "is_flag", False) else one.metavar or _kind(one)
    if one.param_type_name == "argument":
        names = [f"`{one.metavar or one.name.upper()}`"]
    else:
        names = [f"`{option}`" for option in one.opts] + ([f"`{value}`"] if value else [])
    help_text = getattr(one, "help", None) or ""
    if one.default not in (None, False, ()) and not callable(one.default):
        help_text += f" Default: `{one.default}`."
    if one.required and one.param_type_name == "option":
        help_text += " Required."
    # A bar within code does not end a cell.
    says = help_text.strip().replace("|", "\\|")
    return f"| {' '.join(names)} | {says} |"


def _kind(one: Any) -> str:
    """The choices of a parameter, or else its type."""
    annotation = one.type_descriptor.annotation
    choices = [str(choice) for choice in get_args(annotation) if isinstance(choice, str)]
    return "|".join(choices) or getattr(annotation, "__name__", "")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
