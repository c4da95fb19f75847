from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.records.prune.policy import Policy, load


def test_without_a_file() -> None:
    assert load(None) == Policy(older_than_days=90, keep_last=5, keep_signed=True, remove=("html",))


def test_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "p.yml"
    file.write_text("older_than_days: 7\nkeep_last: 0\nremove: [html, pictures]\n")
    assert load(file) == Policy(older_than_days=7, keep_last=0, remove=("html", "pictures"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("older_than_days: -1", "older_than_days: Input should be greater than or equal to 0"),
        ("older: 1", "older: unknown key; known are older_than_days, keep_last"),
        ("remove: [findings]", "remove.0: Input should be 'html' or 'pictures'"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "p.yml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as raised:
        load(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
