"""A row for each set of frozen systems, beside the baseline and the incident as it was."""

import dataclasses

import pictured
import pytest

from investigate import figures


def test_each_arm_has_a_row_at_its_auc() -> None:
    found = pictured.DRAWN["replay"]("reset")
    ax = pictured.figure("reset", "replay").axes[0]
    points = {
        line.get_ydata()[0]: line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"
    }
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:2] == ["baseline", "incident, as it was"]
    auc_by_arm = {row["frozen"]: row["auc"] for row in found.table}
    assert points[0] == found.numbers["baseline"].value
    assert points[1] == auc_by_arm["nothing"]
    both = labels.index("with old values of\ncalibration\nand default")
    assert points[both] == pytest.approx(auc_by_arm["calibration, default"])
    assert sorted(points.values()) == pytest.approx(sorted([0.8, *auc_by_arm.values()]))


def test_only_what_surely_recovers_is_filled() -> None:
    found = pictured.DRAWN["replay"]("reset")
    ax = pictured.figure("reset", "replay").axes[0]
    hollow = {
        line.get_xdata()[0]
        for line in ax.lines
        if line.get_marker() == "o" and line.get_markerfacecolor() == "white"
    }
    unsure = {r["auc"] for r in found.table if r["recovered_low"] <= 0 and r["frozen"] != "nothing"}
    assert hollow == unsure


@pytest.mark.slow
def test_a_replay_without_a_say_is_its_sentence() -> None:
    found = pictured.DRAWN["replay"]("quiet")
    assert found.detail["refused"]
    assert not figures.replay(found).axes


def test_a_systems_name_may_hold_a_comma() -> None:
    found = pictured.DRAWN["replay"]("reset")
    table = [
        {**row, "frozen": row["frozen"].replace("calibration", "rules, v2")} for row in found.table
    ]
    detail = {**found.detail, "systems": ["rules, v2", "default"]}
    ax = figures.replay(dataclasses.replace(found, table=tuple(table), detail=detail)).axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    alone = [label for label in labels if label == "with old values of\nrules, v2"]
    assert len(alone) == 1
    assert "with old values of\nrules, v2\nand default" in labels[labels.index(alone[0]) :]
