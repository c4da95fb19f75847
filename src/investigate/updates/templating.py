"""Templates of updates: those of the kit, and a team's own in front of them."""

import re
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment

from investigate.errors import InputError
from investigate.rendering import one_line, plain

AUDIENCE = re.compile(r"[a-z][a-z0-9-]{0,31}")
ENDING = ".md.j2"


def render(audience: str, folder: Path | None, **names: Any) -> str:
    """The text for `audience`; a template of that name in `folder` goes before the kit's.

    Raises `InputError` with one line for a template that is missing or cannot be used.
    """
    if not AUDIENCE.fullmatch(audience):
        raise InputError(
            f"--audience: {plain(audience, 60)} is no name; write it in small letters and digits"
        )
    return render_file(f"{audience}{ENDING}", folder, **names)


def render_file(where: str, folder: Path | None, **names: Any) -> str:
    """The same for a template by the name of its file."""
    if folder is not None and not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder of templates")
    place = folder / where if folder and (folder / where).is_file() else where
    try:
        text = _environment(folder).get_template(where).render(names)
    except TemplateNotFound as error:
        known = ", ".join(audiences(folder))
        missing = plain(str(error.name or where), 80)
        raise InputError(f"{missing}: there is no such template; audiences are {known}") from error
    except TemplateSyntaxError as error:
        what = plain(error.message or "it is no template")
        raise InputError(f"{place} line {error.lineno}: {what}") from error
    except (TemplateError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{place}: it cannot be used: {plain(one_line(error))}") from error
    except Exception as error:  # A template is a small program, which can raise anything.
        raise InputError(f"{place}: it fails: {plain(one_line(error))}") from error
    return tidy(text)


def audiences(folder: Path | None) -> list[str]:
    """The audiences that there are templates for."""
    names = _environment(folder).list_templates(extensions=["j2"])
    found = (name.removesuffix(ENDING) for name in names if name.endswith(ENDING))
    return sorted(name for name in found if AUDIENCE.fullmatch(name))


def tidy(text: str) -> str:
    """`text` without empty lines in a row or spaces at line ends, with one newline at its end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _environment(folder: Path | None) -> SandboxedEnvironment:
    own: list[BaseLoader] = [FileSystemLoader(folder)] if folder else []
    return SandboxedEnvironment(
        loader=ChoiceLoader([*own, PackageLoader("investigate.updates")]),
        # Markdown, not HTML: names are code spans without < and > already.
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
