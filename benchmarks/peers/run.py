"""The incidents of the benchmark by what people use today, each in an environment of its own.

    python -m benchmarks.peers.run --write benchmarks/incidents.md

Makes the environments (python3.11 and pip) in build/peers, once. A peer answers with an alert, a
system or a cohort, and a day; how each is read is in benchmarks/incidents.md. The kit's own rows
come from the benchmark's results, where these hold the same incidents.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.families import PLATFORM
from benchmarks.incidents.incident import Incident
from benchmarks.incidents.plan import ANSWERS, SEEDS, STRENGTHS, Plan
from benchmarks.incidents.report import fill, fits, show
from benchmarks.incidents.results import Results
from benchmarks.incidents.scoring import MOVED, Score
from benchmarks.incidents.sheet import Sheet, share
from benchmarks.peers.windows import Windows

HERE = Path(__file__).parent
PEERS = {
    "NannyML": ("nannyml_ranker.py", "nannyml.txt"),
    "Evidently": ("evidently_groups.py", "evidently.txt"),
    "DoWhy": ("dowhy_attribution.py", "dowhy.txt"),
    "pandas and scikit-learn": ("pandas_table.py", None),
}
BLOCK = "peers"
# No peer is to tell its makers that it ran.
QUIET = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}


def python_of(requirements: str | None, build: Path) -> Path:
    """The Python of a peer's environment, which is made where it is not there."""
    if requirements is None:
        return Path(sys.executable)
    place, wanted = build / Path(requirements).stem, (HERE / requirements).read_text("utf-8")
    stamp, python = place / "made-from", place / "bin" / "python"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        subprocess.run(["python3.11", "-m", "venv", "--clear", place], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "-r", HERE / requirements], check=True
        )
        stamp.write_text(wanted, encoding="utf-8")
    return python


def asked(peer: str, folders: list[Path], build: Path) -> dict[str, dict[str, Any]]:
    """What `peer` answers, by the folder's name; nothing where it cannot be asked."""
    script, requirements = PEERS[peer]
    try:
        done = subprocess.run(
            [python_of(requirements, build), HERE / script, *folders],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, **QUIET},
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{peer}: left out: {error}", file=sys.stderr)
        return {}
    return {line.pop("name"): line for line in map(json.loads, done.stdout.splitlines())}


def result(incident: Incident, folder: Path) -> dict[str, Any]:
    """Truth and size of an incident, in the form of the benchmark's results."""
    windows = Windows.read(folder)
    before, after = (
        float(roc_auc_score(rows[windows.outcome], rows[windows.score]))
        for rows in (windows.baseline, windows.incident)
    )
    return {
        **incident.to_json(),
        "truth": json.loads((folder / "truth.json").read_text("utf-8")),
        "reference": None,
        "moved": abs(before - after),
    }


def row(
    name: str, results: list[dict[str, Any]], alert: Callable[[dict[str, Any]], bool], way: str
) -> tuple[str, ...]:
    """The row of one peer, or of the kit, from results with its answers under `way`."""
    judged = [r for r in results if not r["control"] and r["moved"] >= MOVED]
    controls = [r for r in results if r["control"]]
    # Who raises no alert names nothing, and is not right where there is nothing to be named.
    scores = [(alert(r), Score.of(r, way)) for r in judged]
    scoped = [(raised, s) for raised, s in scores if s.scoped]
    return (
        name,
        share(sum(raised for raised, _ in scores), len(judged)),
        share(sum(map(alert, controls)), len(controls)),
        "n/a" if way == "peer" else share(sum(s.kind for _, s in scores), len(judged)),
        share(sum(raised and s.system for raised, s in scores), len(judged)),
        share(sum(raised and s.system and s.cohort for raised, s in scores), len(judged)),
        share(sum(raised and s.cohort for raised, s in scoped), len(scoped)),
        share(sum(raised and s.dated for raised, s in scores), len(judged)),
    )


def peer_row(
    peer: str, results: list[dict[str, Any]], answers: dict[str, dict[str, Any]]
) -> tuple[str, ...]:
    judged = []
    for one, answer in zip(results, answers.values(), strict=True):
        if "error" in answer:
            print(f"{peer}: {answer['error']}", file=sys.stderr)
            judged.append({**one, "error": answer["error"]})
        else:
            judged.append({**one, "said": {"peer": {"kind": None, "points": None, **answer}}})
    return row(peer, judged, lambda r: "said" in r and r["said"]["peer"]["alert"], "peer")


def raised(result: dict[str, Any], way: str) -> bool:
    """Whether the kit says that there is something to explain."""
    return "said" in result and bool(result["said"][way]["kind"] != "no_drop")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=int(SEEDS.partition("..")[0]))
    parser.add_argument("--strengths", default="0.5,1")
    parser.add_argument("--answers", type=int, default=ANSWERS)
    parser.add_argument("--controls", type=int, default=10)
    parser.add_argument("--results", type=Path, default=Path("build/incidents.jsonl"))
    parser.add_argument("--build", type=Path, default=Path("build/peers"))
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    if arguments.write:
        fits(arguments.write, BLOCK)
    # Of the benchmark's own incidents, so that the kit's answers to the same ones are there.
    whole = Plan.read(PLATFORM, STRENGTHS, SEEDS, arguments.answers)
    if arguments.seed not in whole.seeds:
        whole = Plan.read(PLATFORM, arguments.strengths, str(arguments.seed), arguments.answers)
    strengths = {float(part) for part in arguments.strengths.split(",")}
    everything = whole.incidents()
    chosen = [
        i
        for i in everything
        if not i.control and i.seed == arguments.seed and i.strength in strengths
    ]
    chosen += [i for i in everything if i.control][: arguments.controls]

    build = arguments.build.absolute()
    with tempfile.TemporaryDirectory(prefix="investigate-") as scratch:
        folders = [incident.folder(Path(scratch)) for incident in chosen]
        results = [result(*pair) for pair in zip(chosen, folders, strict=True)]
        with ThreadPoolExecutor(len(PEERS)) as pool:
            answers = pool.map(lambda peer: asked(peer, folders, build), PEERS)
            rows = [
                peer_row(peer, results, answers_of_peer)
                for peer, answers_of_peer in zip(PEERS, answers, strict=True)
                if answers_of_peer
            ]
    known = Results(arguments.results)
    if all(known.answered(incident) for incident in chosen):
        own = [known.found[i] | {"moved": r["moved"]} for i, r in zip(chosen, results, strict=True)]
        for way in ("with", "without"):
            rows.append(row(f"this kit, {way} history", own, partial(raised, way=way), way))
    judged = sum(r["moved"] >= MOVED and not r["control"] for r in results)
    sheet = Sheet(
        title=f"{judged} incidents that moved AUC by {MOVED:g}, {arguments.controls} controls",
        columns=(
            "read as an answer",
            "alert on incidents",
            "alert on controls",
            "kind",
            "system",
            "system and cohort",
            "cohort, where there is one",
            "onset ≤ 1 day",
        ),
        rows=tuple(rows),
    )
    show([sheet], Console())
    if arguments.write:
        fill(arguments.write, BLOCK, shlex.join(["python", *sys.argv]), [sheet])


if __name__ == "__main__":
    main()
