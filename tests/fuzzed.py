"""Random logs as people write them, and what a plain pandas reading of each must give."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.log import hold
from investigate.log.counting import count
from investigate.question import params

PARTS = ("time", "outcome", "score", "system")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
NAMES = ("{}", "{} of it", "it's {}", 'the "{}"', "é{}", "{}.x", "[{}]")
SYSTEMS = (("a", "b"), ("1.0", "1.10"), ("007", "7"), ("it's", 'a "b"'), ("é", "ß"), ("NA", "x, y"))
NOTHING = ("", "NA", "null", "NULL", "NaN", "None", "\\N", "n/a")
FOLDERS = ("plain", "it's here", 'a "b"', "a [b]*", "été ∂", "day=1")

TIMES: dict[str, tuple[str | None, Callable[[pd.Series], pd.Series], dict[str, str]]] = {
    "iso": ("local", lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S"), {}),
    "iso with T": ("local", lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%S"), {}),
    "minutes": ("local", lambda t: t.dt.strftime("%Y-%m-%d %H:%M"), {}),
    "slashes": ("local", lambda t: t.dt.strftime("%Y/%m/%d %H:%M:%S"), {}),
    "logging": ("local", lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S,000"), {}),
    "digits": ("local", lambda t: t.dt.strftime("%Y%m%d%H%M%S"), {}),
    "day first": (
        "local", lambda t: t.dt.strftime("%d.%m.%Y %H:%M:%S"), {"time_format": "%d.%m.%Y %H:%M:%S"}
    ),
    "zulu": ("utc", lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), {}),
    "offset": ("utc", lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S+00:00"), {}),
    "seconds": ("utc", lambda t: t.astype("int64").astype(str), {}),
    "milliseconds": ("utc", lambda t: (t.astype("int64") * 1_000).astype(str), {}),
    "seconds as floats": (
        "utc", lambda t: t.astype("int64").astype(float).map("{:.1f}".format), {}
    ),
}  # fmt: skip
OUTCOMES: dict[str, tuple[str, str, dict[str, str]]] = {
    "numbers": ("1", "0", {}),
    "floats": ("1.0", "0.0", {}),
    "truths": ("True", "False", {}),
    "yes and no": ("yes", "NO", {}),
    "letters": ("Y", "N", {}),
    "words": ("solved", "failed", {"positive": "solved", "negative": "failed"}),
}
SCORES: dict[str, tuple[Callable[[float], str], dict[str, str]]] = {
    "plain": (lambda s: f"{s:.4f}", {}),
    "short": (lambda s: repr(round(float(s), 4)), {}),
    "exponents": (lambda s: f"{s:.6e}", {}),
    "per cent": (lambda s: f"{s * 100:.2f}%", {}),
    "commas": (lambda s: f"{s:.4f}".replace(".", ","), {}),
    "commas that are told": (lambda s: f"{s:.4f}".replace(".", ","), {"decimal": ","}),
    "negative": (lambda s: f"{s - 3:.4f}", {}),
    "large": (lambda s: str(2**60 + round(s * 10_000)), {}),
}


@dataclass
class Case:
    """A log as it is to be written, and its truth.

    ``truth``: ``time`` (local, without a zone), ``outcome``, ``score``, ``system``, with nothing
    where nothing can be read. ``reading`` is what the question says of how the log is written;
    ``junk`` says that something is there that may be refused.
    """

    truth: pd.DataFrame
    written: pd.DataFrame
    zone: str
    reading: dict[str, str]
    names: dict[str, str]
    junk: bool
    shape: dict[str, Any] = field(default_factory=dict)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A log of a few hundred rows, its dialect, and what is wrong in it."""
    r = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, zone = draw(st.integers(2, 300)), draw(st.sampled_from(ZONES))
    first = pd.Timestamp(draw(st.sampled_from(["2024-03-01", "2023-10-15", "2021-12-20"])))
    seconds = np.sort(r.integers(2 * 86_400, 38 * 86_400, size))
    utc = pd.Series(first + pd.to_timedelta(seconds // 60 * 60, unit="s")).astype("datetime64[s]")
    local = utc.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    score = np.round(r.random(size), draw(st.sampled_from([1, 2, 4])))
    outcome = (r.random(size) < score).astype(int)
    system = r.choice(draw(st.sampled_from(SYSTEMS)), size)
    how = {
        "time": draw(st.sampled_from(sorted(TIMES))),
        "outcome": draw(st.sampled_from(sorted(OUTCOMES))),
        "score": draw(st.sampled_from(sorted(SCORES))),
    }
    kind, time, more = TIMES[how["time"]]
    one, zero, other = OUTCOMES[how["outcome"]]
    number, also = SCORES[how["score"]]
    written = pd.DataFrame({
        "time": time(local if kind == "local" else utc),
        "outcome": np.where(outcome == 1, one, zero),
        "score": [number(s) for s in score],
        "system": system,
    }).astype(object)  # fmt: skip
    truth = pd.DataFrame({"time": local, "outcome": outcome * 1.0, "score": score})
    junk = False
    for part in PARTS[:3]:
        share = draw(st.sampled_from([0, 0, 0, 0.05, 0.3]))
        gone = r.random(size) < share
        written.loc[gone, part] = draw(st.sampled_from(NOTHING))
        truth.loc[gone, part] = None
        if draw(st.integers(0, 7)) == 0:
            wrong = r.random(size) < draw(st.sampled_from([0.01, 0.2, 1.0]))
            # So many digits are a number all the same, and no time and no outcome.
            digits = "abc" if part == "score" else "9" * 40
            written.loc[wrong, part] = draw(st.sampled_from([digits, "2;3", "0x1", "🙂"]))
            truth.loc[wrong, part] = None
            junk = junk or bool(wrong.any())
    template = draw(st.sampled_from(NAMES))
    names = {part: template.format(part) for part in PARTS}
    shape = {
        "container": draw(st.sampled_from(["csv", "csv", "csv.gz", "parquet", "duckdb", "frame"])),
        "folder": draw(st.sampled_from(FOLDERS)),
        "sep": draw(st.sampled_from([",", ";", "\t", "|"])),
        "quoting": draw(st.sampled_from([0, 1])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])),
        "index": draw(st.booleans()),
        "before": draw(st.sampled_from(["", "", "\n", "\r\n\n"])),
        "files": draw(st.integers(1, 3)),
        "turned": draw(st.booleans()),
        "how": how,
    }
    if "🙂" in set(written.to_numpy().ravel()) and shape["encoding"] == "latin-1":
        shape["encoding"] = "utf-8"
    truth["system"] = system
    return Case(truth, written, zone, {**more, **other, **also}, names, junk, shape)


def put(case: Case, folder: Path) -> tuple[Any, dict[str, Any]]:
    """Write the log below `folder`: what a question calls it, and tables in memory."""
    place = folder / case.shape["folder"]
    place.mkdir(parents=True)
    table = case.written.rename(columns=case.names)
    if (container := case.shape["container"]) == "frame":
        held, arrow = hold(table, "log")
        return held, {held.in_memory: arrow}
    if container == "duckdb":
        with duckdb.connect(str(place / "log.duckdb")) as base:
            base.register("rows", table)
            base.execute("CREATE TABLE log AS SELECT * FROM rows")
        return str(place / "log.duckdb"), {}
    cuts = np.array_split(np.arange(len(table)), case.shape["files"])
    for number, own in enumerate(cuts):
        part = table.iloc[own]
        if case.shape["turned"] and number:
            part = part[list(part.columns)[::-1]].assign(more="x")
        path = place / f"{number}.{container}"
        if container == "parquet":
            part.astype("string").to_parquet(path, index=False)
            continue
        _write_csv(case, part, path)
    if case.shape["encoding"] == "latin-1" and container != "parquet":
        case.reading["encoding"] = "latin-1"
    many = case.shape["files"] > 1 and not set(case.shape["folder"]) & set("[*")
    if not many and case.shape["files"] > 1:
        case.truth = case.truth.iloc[cuts[0]]
    return str(place / (f"*.{container}" if many else f"0.{container}")), {}


def _write_csv(case: Case, part: pd.DataFrame, path: Path) -> None:
    names = ("sep", "quoting", "lineterminator", "index")
    text = part.to_csv(None, **{name: case.shape[name] for name in names})
    text = case.shape["before"] + text
    data = text.encode(case.shape["encoding"])
    if path.suffix == ".gz":
        data = gzip.compress(data)
    path.write_bytes(data)


def question(case: Case, log: Any) -> dict[str, Any]:
    """The question, as a params file has it."""
    start = case.truth.time.min()
    day = pd.Timestamp("2024-03-20") if pd.isna(start) else start.normalize()
    cut, end = day + pd.Timedelta(days=25), day + pd.Timedelta(days=45)
    return {
        "case": "fuzz", "log": log, "timezone": case.zone,
        "columns": {**case.names, **case.reading},
        "baseline": {"start": f"{day:%Y-%m-%d}", "end": f"{cut:%Y-%m-%d}"},
        "incident": {"start": f"{cut:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"},
        "thresholds": {"smallest_group": 1},
    }  # fmt: skip


def judge(case: Case, folder: Path) -> str:
    """Count the case and compare; what happened: ``right`` or ``refused``.

    A refusal is one line, and only where windows cannot be compared or something odd is there.
    """
    log, tables = put(case, folder)
    asked = question(case, log)
    before = sorted(folder.rglob("*"))
    truth = case.truth.dropna(subset=["time", "outcome", "score"])
    cut, end = (pd.Timestamp(asked["incident"][side]) for side in ("start", "end"))
    windows = [truth[truth.time < cut], truth[(truth.time >= cut) & (truth.time < end)]]
    fine = all(own.outcome.nunique() == 2 for own in windows)
    counts, refusal = None, ""
    try:
        counts = count(params.from_names(asked), tables, True)
    except InputError as error:
        refusal = str(error)
    assert sorted(folder.rglob("*")) == before
    if counts is None:
        assert len(refusal.splitlines()) == 1, refusal
        assert case.junk or not fine, f"refused: {refusal}"
        return "refused"
    assert fine
    compare(counts, windows)
    return "right"


def compare(counts: Counts, windows: list[pd.DataFrame]) -> None:
    """The rows, the AUC and the systems of each window against scikit-learn and pandas."""
    slices = counts.slices[counts.slices["by"] == "all"]
    for w, own in enumerate(windows):
        sides = slices[slices["window"] == w].groupby("bin")[["positives", "negatives"]].sum()
        assert int(sides.to_numpy().sum()) == len(own)
        area = auc(sides["positives"].to_numpy(), sides["negatives"].to_numpy())
        assert abs(area - roc_auc_score(own.outcome, own.score)) < 1e-9
        by = counts.slices[(counts.slices["by"] == "system") & (counts.slices["window"] == w)]
        found = by.groupby("system")[["positives", "negatives"]].sum().sum(axis=1)
        known = own.system.value_counts()
        assert found[found > 0].astype(int).to_dict() == known.to_dict()


WORDS = st.sampled_from([
    "log", "columns", "baseline", "time", "start", "2024-03-01", "no", "~", "1e400", "nan", "[", "",
    "-1", "é", "🙂", "\x00", "'", "{}", "where", "thresholds", "history", "replay", "cohorts",
])  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
GOOD: dict[str, Any] = {
    "case": "fuzz", "log": "log.csv",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "system"},
    "cohorts": ["kind"], "where": {"system": ["a"]},
    "baseline": {"start": "2024-03-01", "end": "2024-03-20"},
    "incident": {"start": "2024-03-20", "end": "2024-04-10"},
    "thresholds": {"confidence": 0.95}, "timezone": "UTC",
    "history": {"log": "log.csv", "columns": {"item": "system"}},
    "replay": {"arms": [{"name": "a", "system": "b", "history": "log.csv"}]},
    "events": [{"time": "2024-03-02", "label": "x"}],
}  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The text of a params file: a good one with places replaced, or anything."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.text(max_size=60) | st.sampled_from(BOMBS))
    asked: dict[str, Any] = yaml.safe_load(yaml.safe_dump(GOOD))
    if draw(st.booleans()):
        # Else its history, which does not fit, hides what comes after.
        del asked["history"], asked["replay"]
    for _ in range(draw(st.integers(1, 4))):
        inner: Any = asked
        while True:
            known = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
            if not known:
                break
            key = draw(st.sampled_from(known))
            if isinstance(inner[key], dict | list) and draw(st.booleans()):
                inner = inner[key]
                continue
            match draw(st.integers(0, 2)):
                case 0:
                    inner[key] = draw(VALUES)
                case 1:
                    del inner[key]
                case _ if isinstance(inner, dict):
                    inner[draw(WORDS | st.text(max_size=6))] = draw(VALUES)
            break
    return yaml.safe_dump(asked, sort_keys=False, allow_unicode=draw(st.booleans()))


def put_log(folder: Path) -> None:
    """The log that `GOOD` asks about."""
    r = np.random.default_rng(1)
    hours = pd.to_timedelta(r.integers(0, 900, 80), unit="h")
    rows = {"time": pd.Timestamp("2024-03-01") + hours, "outcome": r.integers(0, 2, 80)}
    rows |= {"score": r.random(80), "system": r.choice(["a", "b"], 80)}
    rows |= {"kind": r.choice(["x", "y"], 80)}
    pd.DataFrame(rows).to_csv(folder / "log.csv", index=False)


BOMBS = [
    "a0: &a0 [x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
    ),
    "a: &a [*a]\n", "{" * 3_000, "[" * 3_000, "case: x\ncase: y\n", "? {a: b}\n: c\n", "- 1\n",
    "log: !!python/object:os.system x\n", "case: !!binary ====\n", "<<: {case: x}\n",
]  # fmt: skip


def judge_text(text: str, folder: Path) -> str:
    """Load a params file and count what it asks: an answer, or one line."""
    path = folder / "params.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    before = sorted(folder.rglob("*"))
    lines: list[str] = []
    try:
        count(params.load(path), {}, True)
    except InputError as error:
        lines = [str(error), *error.others]
    assert sorted(folder.rglob("*")) == before
    assert all(len(line.splitlines()) == 1 for line in lines), lines
    return "refused" if lines else "right"
