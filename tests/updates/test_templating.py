from pathlib import Path

import pytest
from updates.cases import AT

from investigate.errors import InputError
from investigate.updates.draft import drafted
from investigate.updates.rhythm import Rhythm


def text(case: Path, folder: Path, audience: str = "executives") -> str:
    return drafted(case, audience, at=AT, rhythm=Rhythm(), templates=folder).text


def test_a_teams_template_goes_before_the_kits(case: Path, tmp_path: Path) -> None:
    (tmp_path / "executives.md.j2").write_text("Score {{ a.case.text }}: {{ a.since }}")
    assert text(case, tmp_path) == "Score `checkout-score`: Since 2024-02-10.\n"
    assert text(case, tmp_path, "product").startswith("# `checkout-score`")


def test_a_team_has_audiences_of_its_own(case: Path, tmp_path: Path) -> None:
    (tmp_path / "support.md.j2").write_text("{% include 'executives.md.j2' %}\n\nCall us.")
    assert text(case, tmp_path, "support").endswith("UTC.\n\nCall us.\n")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% if %}", r"executives\.md\.j2 line 1: Expected an expression"),
        ("{{ a.culprit }}", "has no attribute 'culprit'"),
        ("{{ 1 // 0 }}", "it fails: ZeroDivisionError"),
        ("{% include 'gone.j2' %}", "gone.j2: there is no such template"),
        ("{{ ''.__class__.__mro__ }}", "it cannot be used: SecurityError"),
    ],
)
def test_a_bad_template_is_one_line(
    case: Path, tmp_path: Path, template: str, message: str
) -> None:
    (tmp_path / "executives.md.j2").write_text(template)
    with pytest.raises(InputError, match=message) as raised:
        text(case, tmp_path)
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_a_template_that_is_no_text(case: Path, tmp_path: Path) -> None:
    (tmp_path / "executives.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="it cannot be used: UnicodeDecodeError"):
        text(case, tmp_path)
