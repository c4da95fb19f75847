"""Values that must not reach a record: taken out of every text before it is written.

A question names environment variables, such as ``${LOG_TOKEN}``; what those hold is looked
for, and so is what every variable holds whose name or form says that it is a secret. What is
found is replaced by the variable's name. A text that still holds such a value, in a form that
cannot be replaced, is not written, and the run fails.
"""

import base64
import html
import json
import os
import re
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from investigate.counts.table import Counts
from investigate.errors import InputError, RunError
from investigate.question.question import Question
from investigate.question.variables import PASSWORD, named

TELLING = {
    "APIKEY", "CREDENTIAL", "CREDENTIALS", "DSN", "KEY", "PASS", "PASSPHRASE", "PASSWD",
    "PASSWORD", "PAT", "SECRET", "SECRETS", "TOKEN", "TOKENS",
}  # fmt: skip
"""Parts of a variable's name that say it holds a secret."""

SHORTEST_NAMED = 6
SHORTEST = 8
"""Characters; shorter values cannot be told from other text."""

COLOUR = re.compile(r"(?:\x1b|\\u001b|\\x1b)\[[0-9;]*m")
TAG = re.compile(r"<[^<>]*>")
GAP = re.compile(r"(?:\s|\\n)+")


class LeakError(RunError):
    """A text holds a secret that could not be taken out."""


@dataclass(frozen=True)
class Secrets:
    """What environment variables hold, by their names."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def known(cls, question: Question | None = None, more: Sequence[str] = ()) -> "Secrets":
        """Those that `question` names, those called `more`, and those that look like one.

        Raises `InputError` for one that is not set, or too short to be looked for.
        """
        values = {}
        for name in dict.fromkeys([*(_named(question) if question else ()), *more]):
            values[name] = os.environ.get(name, "")
            if len(values[name]) < SHORTEST_NAMED:
                state = "too short to be kept out of records" if values[name] else "not set"
                raise InputError(
                    f"the environment variable {name} is {state}; "
                    f"give it a value of {SHORTEST_NAMED} characters or more"
                )
        looks = {name: value for name, value in os.environ.items() if _looks_secret(name, value)}
        return cls({**looks, **values})

    def refuse(self, question: Question) -> None:
        """Raise `InputError` where `question` holds a value instead of its variable's name."""
        for key, value in question.parameters().items():
            text = json.dumps(value, ensure_ascii=False)
            if (name := self.remains(text)) is not None:
                raise InputError(
                    f"{key}: it holds the value of the environment variable {name}; "
                    f"write ${{{name}}} in its place, or unset {name} if it is no secret"
                )

    def redact(self, text: str) -> str:
        """`text` with each value replaced by ``${NAME}``."""
        for form, name in self._forms.items():
            if form in text:
                text = text.replace(form, f"${{{name}}}")
        return text

    @contextmanager
    def redacting(self) -> Iterator[None]:
        """Within, what is raised for the user to read tells no value."""
        try:
            yield
        except (InputError, RunError) as error:
            raise type(error)(self.redact(str(error))) from error

    def redacted(self, document: Any) -> Any:
        """`document`, of mappings, lists and text, with each value replaced."""
        if not self._forms:
            return document
        if isinstance(document, str):
            return self.redact(document)
        if isinstance(document, dict):
            return {self.redacted(key): self.redacted(value) for key, value in document.items()}
        if isinstance(document, list | tuple):
            return [self.redacted(value) for value in document]
        return document

    def remains(self, text: str) -> str | None:
        """The name of a variable whose value `text` holds, also cut by markup or line ends."""
        if not self._forms:
            return None
        bare = COLOUR.sub("", text)
        cut = (text, bare, GAP.sub("", bare), html.unescape(TAG.sub("", text)))
        return next(
            (name for form, name in self._forms.items() if any(form in t for t in cut)), None
        )

    def check_counts(self, counts: Counts) -> None:
        """Raise `LeakError` where a value is in a table of `counts`, which stay as they are."""
        if not self._forms:
            return
        meta = json.dumps(counts.meta, ensure_ascii=False)
        texts = {f"counts/{name}": values for name, values in counts.texts().items()}
        for where, values in {**texts, "counts/meta.json": [meta]}.items():
            for value in values:
                if (name := self.remains(value)) is not None:
                    raise LeakError(
                        f"{where} would hold the value of the environment variable {name}, which "
                        f"the log holds too; unset {name}, or leave that column out"
                    )

    def clean(self, text: str, where: str) -> str:
        """`text` redacted.

        Raises `LeakError`, which tells of `where`, if a value remains.
        """
        cleaned = self.redact(text)
        if (name := self.remains(cleaned)) is not None:
            raise LeakError(
                f"{where} would hold the value of the environment variable {name} in a form that "
                "cannot be taken out, and was not written; do not print it"
            )
        return cleaned

    @cached_property
    def _forms(self) -> dict[str, str]:
        # Of two variables with one value, the first by name; longer forms before their parts.
        forms = {
            form: name
            for name, value in sorted(self.values.items(), reverse=True)
            for form in _forms(value)
        }
        return dict(sorted(forms.items(), key=lambda item: (-len(item[0]), item[0])))


def _named(question: Question) -> list[str]:
    values = question.parameters()
    sources = [values.get(key) for key in ("log", "outcomes", "history", "replay")]
    if isinstance(values["events"], str):
        sources.append(values["events"])
    return named(json.dumps(sources, ensure_ascii=False))


def _looks_secret(name: str, value: str) -> bool:
    telling = not TELLING.isdisjoint(name.upper().split("_"))
    return len(value) >= SHORTEST and (telling or PASSWORD.search(value) is not None)


def _forms(value: str) -> Iterator[str]:
    """`value` and its parts, as they are and as they are commonly encoded."""
    lines = [line for line in value.splitlines() if len(line) >= SHORTEST]
    passwords = [found for found in PASSWORD.findall(value) if len(found) >= SHORTEST_NAMED]
    for part in dict.fromkeys([value, *lines, *passwords]):
        yield part
        yield json.dumps(part)[1:-1]
        yield json.dumps(part, ensure_ascii=False)[1:-1]
        yield repr(part)[1:-1]
        yield html.escape(part)
        data = part.encode("utf-8", "surrogateescape")
        yield urllib.parse.quote(data, safe="")
        yield urllib.parse.quote_plus(data)
        yield from _encoded(data)
        yield from _relative(Path(part))


def _relative(path: Path) -> Iterator[str]:
    # As records name what lies under the current folder.
    for here in (Path.cwd(), Path.cwd().resolve()):
        if path.is_absolute() and path.is_relative_to(here):
            below = path.relative_to(here).as_posix()
            if len(below) >= SHORTEST_NAMED:
                yield below


def _encoded(data: bytes) -> Iterator[str]:
    yield data.hex()
    for before in range(3):
        # What comes before it in a longer text shifts it; the ends hold bits of neighbours.
        text = base64.b64encode(b"\0" * before + data).decode()
        inner = text[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        if len(inner) >= SHORTEST:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))


NO_SECRETS = Secrets()
