"""A token in the environment reaches no file below audit/, however a run ends."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, Place

pytestmark = pytest.mark.slow

TOKEN = "tök-3f9A/+%'s3cr3t"
FORMS = [
    TOKEN.encode(),
    json.dumps(TOKEN)[1:-1].encode(),
    base64.b64encode(TOKEN.encode())[:-4],
    TOKEN.encode().hex().encode(),
]
USE = "import os\ntoken = os.environ['LOG_TOKEN']"
SHOW = """\
from IPython.display import display, HTML, JSON, Markdown
print("read with", token); print(repr(token)); token"""
RICH = """\
display(HTML(f"<b title='{token}'>{token}</b>"), JSON({"token": [token]}), Markdown(token))
import sys, base64; print(base64.b64encode(("user:" + token).encode()), file=sys.stderr)"""
FAIL = "raise ConnectionError(f'401 for https://me:{token}@host/x?key={token}')"
KILL = "os.kill(os.getpid(), 9)"
OUTSIDE = "os.write(1, token.encode()); os.system('echo $LOG_TOKEN')"


@pytest.fixture
def held(place: Place) -> Place:
    """The log lies in a folder that only the environment names."""
    folder = place.folder / "by token" / TOKEN.replace("/", "_")
    folder.mkdir(parents=True)
    (place.folder / "log.csv").rename(folder / "log.csv")
    return place


def run(place: Place, *more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*more), capture_output=True, text=True, env=environment(place))


def command(*more: str) -> list[str]:
    program = str(Path(sys.executable).with_name("investigate"))
    asked = ["-p", "log=${LOG_FOLDER}/log.csv", "--without-kit", "--notebooks", "notebooks", *more]
    return [program, "run", "params.yml", *asked]


def environment(place: Place) -> dict[str, str]:
    folder = str(place.folder / "by token" / TOKEN.replace("/", "_"))
    return {**os.environ, "LOG_TOKEN": TOKEN, "LOG_FOLDER": folder}


def spared(place: Place) -> list[Path]:
    """Every file below audit/, none of which holds the token or the folder's path."""
    files = [path for path in (place.folder / "audit").rglob("*") if path.is_file()]
    folder = TOKEN.replace("/", "_").encode()
    for path in files:
        data = path.read_bytes()
        for form in [*FORMS, folder]:
            assert form not in data, path
        text = re.sub(r"<[^>]*>|\\u001b\[[0-9;]*m|\s", "", data.decode("utf-8", "replace"))
        assert TOKEN not in text, path
    return files


def test_after_success(held: Place) -> None:
    held.notebooks(_1_shows=[USE, SHOW, RICH, OUTSIDE], _2_answer=[ANSWER])
    done = run(held)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in spared(held)} >= {"record.json", "1_shows.txt", "ledger.jsonl"}
    (record,) = held.records()
    shown = (record / "notebooks" / "1_shows.ipynb").read_text("utf-8")
    assert shown.count("${LOG_TOKEN}") >= 8
    document = json.loads((record / "record.json").read_text("utf-8"))
    (data,) = (entry["path"] for entry in document["inputs"] if entry["role"] == "data")
    assert data == "${LOG_FOLDER}/log.csv"
    assert document["parameters"]["log"] == "${LOG_FOLDER}/log.csv"


def test_after_an_error_whose_traceback_holds_it(held: Place) -> None:
    held.notebooks(_1_fails=[USE, FAIL], _2_answer=[ANSWER])
    done = run(held)
    assert done.returncode == 1
    assert TOKEN not in done.stderr
    assert "401 for" in done.stderr
    spared(held)
    (record,) = held.records()
    assert "401 for" in (record / "notebooks" / "1_fails.ipynb").read_text("utf-8")


def test_after_a_killed_kernel(held: Place) -> None:
    held.notebooks(_1_killed=[USE, SHOW, OUTSIDE, KILL], _2_answer=[ANSWER])
    done = run(held)
    assert done.returncode == 1
    assert "SIGKILL" in done.stderr
    assert {"1_killed.ipynb", "1_killed.html"} <= {path.name for path in spared(held)}


def test_after_the_run_itself_is_killed(held: Place) -> None:
    (held.folder / "reached").unlink(missing_ok=True)
    wait = "open('reached', 'w').close()\nimport time\nwhile True: time.sleep(0.1)"
    held.notebooks(_1_waits=[USE, SHOW, OUTSIDE, wait])
    with subprocess.Popen(
        command(), env=environment(held), stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        while not (held.folder / "reached").exists():
            assert running.poll() is None
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
    assert spared(held)


def test_one_that_cannot_be_taken_out_fails_the_run(held: Place) -> None:
    cut = "print(token[:9] + '\\n' + token[9:])"
    held.notebooks(_1_cuts=[USE, cut], _2_answer=[ANSWER])
    done = run(held)
    assert done.returncode == 1
    assert "1_cuts.ipynb would hold the value of the environment variable LOG_TOKEN" in done.stderr
    assert "1_cuts.ipynb" not in {path.name for path in spared(held)}


def test_one_in_the_log_fails_the_run(held: Place) -> None:
    log = held.folder / "by token" / TOKEN.replace("/", "_") / "log.csv"
    lines = log.read_text("utf-8").splitlines()
    column = lines[0].split(",").index("system")
    rows = [line.split(",") for line in lines]
    for row in rows[1:40]:
        row[column] = TOKEN
    log.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    held.notebooks(_1_answer=[ANSWER])
    done = run(held)
    assert done.returncode == 1
    assert "would hold the value of the environment variable LOG_TOKEN" in done.stderr
    spared(held)


def test_others_are_named_by_hand(held: Place) -> None:
    held.notebooks(_1_shows=["import os\nprint(os.environ['OTHER'])"], _2_answer=[ANSWER])
    env = {**environment(held), "OTHER": "quite another"}
    done = subprocess.run(command("--secret", "OTHER"), env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (record,) = held.records()
    text = (record / "notebooks" / "1_shows.ipynb").read_text("utf-8")
    assert "quite another" not in text
    assert "${OTHER}" in text


def test_a_wrong_path_is_told_by_its_name(held: Place) -> None:
    held.notebooks(_1_answer=[ANSWER])
    done = run(held, "-p", "log=${LOG_FOLDER}/none.csv")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "${LOG_FOLDER}/none.csv" in done.stderr
    assert not (held.folder / "audit").exists()
