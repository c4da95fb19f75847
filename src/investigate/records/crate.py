"""A record described as an RO-Crate: its files, its parameters, how it was made."""

import json
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from investigate.ledger.files import contents
from investigate.paths import RecordPaths
from investigate.records.sources import KIT, OWN

UNKNOWN = "application/octet-stream"
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
"""Media types by the ending of a file's name."""


def encoding_format(path: str) -> str:
    """The media type of the file called `path`."""
    return FORMATS.get(PurePosixPath(path).suffix.lower(), UNKNOWN)


def moment(time: str) -> str:
    """A record's UTC time in the form that the profile asks for, with an offset for ``Z``."""
    return time.removesuffix("Z") + "+00:00"


def flat(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each parameter that was set, by its dotted name; lists as the text of their JSON.

    JSON-LD has no lists with an order, and drops what is null.
    """
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False)
        elif value is not None:
            yield f"{prefix}{name}", value


if TYPE_CHECKING:
    from rocrate.model import Entity
    from rocrate.rocrate import ROCrate

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = {"sha256": "http://schema.org/sha256"}
"""Of RO-Crate 1.2 and on; the context of 1.1 lacks it."""

ROLES = {
    "params": "The question as asked, a params file",
    "data": "Data that the run read",
    KIT: "A notebook before it was executed",
    OWN: "A notebook of an analyst's own before it was executed",
}


def prepare() -> None:
    """Import the library in the background, which takes longer than making a crate does."""
    threading.Thread(target=_import, daemon=True).start()


def metadata(document: dict[str, Any], folder: Path) -> str:
    """The RO-Crate metadata of the record in `folder`, whose ``record.json`` is `document`.

    Reads every file of the record; the same record gives the same text. Raises `OSError`
    where the folder cannot be read.
    """
    _quiet()
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(TERMS)
    files = _files(crate, folder)
    question = [file for file in files if file.id == RecordPaths(folder).question.name]
    application = _application(crate, document)
    run = crate.add_action(
        application,
        identifier="#run",
        object=_one([*_inputs(crate, document), *question, *_parameters(crate, document)]),
        result=_one([file for file in files if file not in question]),
        properties=_action(document),
    )
    root = crate.root_dataset
    for name, value in _root(crate, document).items():
        root[name] = value
    root["mentions"] = run
    text = json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def _import() -> None:
    _quiet()
    # Whoever needs it gets the error of the import.
    with suppress(Exception):
        import rocrate.rocrate  # noqa: F401


def _quiet() -> None:
    # The library imports requests, which would tell the user of a proxy that it cannot use.
    warnings.filterwarnings("ignore", message="SOCKS support in urllib3")


def _files(crate: "ROCrate", folder: Path) -> "list[Entity]":
    paths, found = RecordPaths(folder), contents(folder.parent, folder.name)
    entities = []
    for inside, sha256 in sorted(found.files.items()):
        path = folder.parent / inside
        name = path.relative_to(folder).as_posix()
        properties: dict[str, Any] = {"name": name, "encodingFormat": encoding_format(name)}
        if path == paths.crate:
            continue
        if path == paths.record:
            # It holds the hash of this crate, so this crate cannot hold its.
            properties["description"] = "Status, hashes, environment and times of the run"
        else:
            properties |= {"contentSize": str(path.stat().st_size), "sha256": sha256}
        entities.append(crate.add_file(dest_path=name, properties=properties))
    return entities


def _inputs(crate: "ROCrate", document: dict[str, Any]) -> "list[Entity]":
    # They lie outside of the record, so they are described, and are no part of the crate.
    return [
        _context(
            crate,
            f"#input-{number}",
            "CreativeWork",
            name=entry["path"],
            description=ROLES.get(entry["role"], entry["role"]),
            additionalType=entry["role"],
            encodingFormat=encoding_format(entry["path"]),
            sha256=entry["sha256"],
            **({"contentSize": str(entry["bytes"])} if "bytes" in entry else {}),
        )
        for number, entry in enumerate(document["inputs"], 1)
    ]


def _parameters(crate: "ROCrate", document: dict[str, Any]) -> "list[Entity]":
    return [
        _context(crate, f"#parameter-{quote(name)}", "PropertyValue", name=name, value=value)
        for name, value in flat(document["parameters"])
    ]


def _application(crate: "ROCrate", document: dict[str, Any]) -> "Entity":
    code, environment = document["code"], document["environment"]
    python = _context(
        crate, "#python", "SoftwareApplication",
        name=environment["implementation"], version=environment["python"],
        url="https://www.python.org/",
    )  # fmt: skip
    more: dict[str, Any] = {}
    if code["commit"] is not None:
        changed = {True: ", and files changed since", False: "", None: ""}[code["dirty"]]
        more["description"] = f"Run from the checkout at commit {code['commit']}{changed}"
        more["identifier"] = _context(
            crate, "#commit", "PropertyValue",
            name="commit", propertyID="git commit", value=code["commit"],
        )  # fmt: skip
    return _context(
        crate, "#investigate", "SoftwareApplication",
        name="investigate", version=environment["investigate"], softwareRequirements=python,
        **more,
    )  # fmt: skip


def _action(document: dict[str, Any]) -> dict[str, Any]:
    succeeded = document["status"] == "succeeded"
    state = "Completed" if succeeded else "Failed"
    error = {} if succeeded else {"error": document["error"] or "it says no reason"}
    return {
        "@type": "CreateAction",
        "name": f"Run {document['id']} of the case {document['case']}",
        "description": "Counts taken from the log, and notebooks executed on them",
        "startTime": moment(document["started"]),
        "endTime": moment(document["finished"]),
        "actionStatus": f"http://schema.org/{state}ActionStatus",
        **error,
    }


def _root(crate: "ROCrate", document: dict[str, Any]) -> dict[str, Any]:
    profile = _context(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    terms = _context(
        crate, "#licence", "CreativeWork",
        name="No licence is stated",
        description="Whoever ran this did not say on which terms the record and the data that "
        "it tells of may be used; ask them.",
    )  # fmt: skip
    return {
        "name": f"{document['case']}: record {document['id']}",
        "description": f"Why AUC changed, in the case {document['case']}: the question, counts, "
        "executed notebooks, their pages and findings, and how they came about",
        "datePublished": moment(document["finished"]),
        "conformsTo": profile,
        "license": terms,
    }


def _context(crate: "ROCrate", identifier: str, kind: str, /, **properties: Any) -> "Entity":
    from rocrate.model import ContextEntity

    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))


def _one(values: Sequence[Any]) -> Any:
    # RO-Crate 1.1 asks for the value itself where there is only one.
    return values[0] if len(values) == 1 else list(values)
