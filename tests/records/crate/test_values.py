import json
import mimetypes

import pytest

from investigate.records.crate.values import UNKNOWN, encoding_format, flat, moment


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("notebooks/1_did_auc_drop.ipynb", "application/x-ipynb+json"),
        ("record.json", "application/json"),
        ("question.yml", "application/yaml"),
        ("html/a.HTML", "text/html"),
        ("counts/bins.parquet", "application/vnd.apache.parquet"),
        ("traceback.txt", "text/plain"),
        ("log.csv", "text/csv"),
        ("log.duckdb", UNKNOWN),
        (".json", UNKNOWN),
        ("json/none", UNKNOWN),
    ],
)
def test_media_types(path: str, kind: str) -> None:
    assert encoding_format(path) == kind
    known, _ = mimetypes.guess_type(path.lower())
    if kind != UNKNOWN and known is not None and "yaml" not in kind:
        assert known in (kind, "application/x-ipynb+json")


def test_moments_have_an_offset() -> None:
    assert moment("2024-03-01T12:00:09.500Z") == "2024-03-01T12:00:09.500+00:00"


def test_parameters_are_flat_and_keep_their_order() -> None:
    parameters = {
        "log": {"url": "x", "table": "t"}, "precedence": ["b", "a"], "freeze": None, "n": 0,
        "on": False, "arms": [{"name": "系"}], "thresholds": {}, "deep": {"a": {"b": 1.5}},
    }  # fmt: skip
    assert list(flat(parameters)) == [
        ("log.url", "x"), ("log.table", "t"), ("precedence", '["b", "a"]'), ("n", 0),
        ("on", False), ("arms", json.dumps([{"name": "系"}], ensure_ascii=False)),
        ("deep.a.b", 1.5),
    ]  # fmt: skip
