from pathlib import Path

import pytest

from investigate import paths
from investigate.paths import RecordPaths, notebooks_folder


def test_a_wheel_carries_its_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "investigate"
    (package / "notebooks").mkdir(parents=True)
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert notebooks_folder() == package / "notebooks"


def test_a_checkout_has_them_at_its_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "src" / "investigate")
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    assert notebooks_folder() == tmp_path / "notebooks"


def test_those_of_this_checkout_are_found() -> None:
    assert (notebooks_folder() / "1_did_auc_drop.ipynb").is_file()


def test_no_name_leaves_the_record(tmp_path: Path) -> None:
    record = RecordPaths(tmp_path / "record")
    assert record.notebook("1_a") == (tmp_path / "record" / "notebooks" / "1_a.ipynb").resolve()
    for name in ("../1_a", "../../1_a", "/etc/1_a", "a/../../1_a", "sub/1_a"):
        for place in (record.notebook, record.page, record.log):
            with pytest.raises(ValueError, match="leaves"):
                place(name)
