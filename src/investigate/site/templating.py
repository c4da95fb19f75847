"""Templates that escape all they are given; one policy and one style in every page."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from investigate.kinds import kind
from investigate.rendering import interval, points, value
from investigate.site import picture
from investigate.site.facts import state_tone, verdict

POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Hashes rather than 'self': they mean the same for a page from a disk and from a server, and
a file planted beside a page gains nothing."""


def render(template: str, **names: Any) -> str:
    """The text of a template of this room; equal names give equal text."""
    return _environment().get_template(template).render(names)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("investigate.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = _own("site.css"), _own("site.js")
    environment.globals |= {
        "style": Markup(style),
        "script": Markup(script),
        "policy": POLICY.format(script="'none'", style=_hash(style)),
        "policy_with_script": POLICY.format(script=_hash(script), style=_hash(style)),
        "small": picture.small,
        "large": picture.large,
        "verdict": verdict,
        "state_tone": state_tone,
    }
    environment.filters |= {
        "level": lambda number: points(number.value),
        "change": lambda number: points(number.value, signed=True),
        "interval": lambda number, signed=False: interval(number.low, number.high, signed),
        "breakable": lambda text: escape(text).replace("_", Markup("_<wbr>")),
        "plain_number": points,
        "grouped": value,
        "kind_plainly": lambda name, either: kind(name).words_for(either).plainly,
        "day": lambda when: when[:10],
        "minute": lambda when: when[:16],
    }
    return environment


def _own(name: str) -> str:
    return files("investigate.site").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
