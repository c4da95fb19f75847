"""Put the keys of a question into docs/question.md, and its JSON schema beside it."""

import json
from pathlib import Path

from investigate.question.reference import as_markdown
from investigate.question.schema import schema

DOCS = Path(__file__).parents[1] / "docs"


def pages() -> dict[Path, str]:
    """What each file holds."""
    return {
        DOCS / "question.md": as_markdown(),
        DOCS / "question.schema.json": json.dumps(schema(), indent=2) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
