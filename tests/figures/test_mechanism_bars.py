"""Three parts that add up to the change."""

import pictured
import pytest


@pytest.mark.slow
def test_the_parts_are_the_findings_and_add_up() -> None:
    ax = pictured.figure("reset", "mechanism_bars").axes[0]
    *parts, total = [patch.get_width() for patch in ax.patches]
    numbers = pictured.finding("reset", "mechanism").numbers
    assert parts == pytest.approx([numbers[part].value for part in ("mix", "spread", "validity")])
    change = pictured.finding("reset", "drop").numbers["change"].value
    assert sum(parts) == pytest.approx(change, abs=1e-9)
    assert total == pytest.approx(change, abs=1e-9)
    labels = [label.get_text().split(":")[0] for label in ax.get_yticklabels()]
    assert labels == ["mix shift", "score dispersion", "calibration", "all"]
