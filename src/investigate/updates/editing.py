"""The draft in the editor of whoever sends it."""

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from investigate.errors import InputError
from investigate.rendering import one_line
from investigate.updates.templating import tidy

VARIABLES, FALLBACK = ("VISUAL", "EDITOR"), "vi"


def edited(text: str) -> str:
    """What a person makes of `text` in ``$VISUAL`` or ``$EDITOR``.

    Raises `InputError` where the editor fails or nothing is left of it.
    """
    command = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), FALLBACK)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "update.md"
        file.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(command), str(file)], check=False)
            found = file.read_text("utf-8")
        except (OSError, ValueError) as error:
            raise InputError(f"$EDITOR failed, nothing was sent: {one_line(error)}") from error
    if done.returncode:
        raise InputError(f"$EDITOR ended with status {done.returncode}; nothing was sent")
    if not found.strip():
        raise InputError("the text is empty; nothing was sent")
    return tidy(found)
