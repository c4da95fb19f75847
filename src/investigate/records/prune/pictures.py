"""An executed notebook without the pictures that its cells showed."""

import nbformat


def without_pictures(text: str) -> str:
    """The notebook in `text` without them; `text` itself where it has none.

    What else an output holds, numbers and text, stays; so does code.
    """
    notebook = nbformat.reads(text, as_version=4)
    found = False
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("image/")]:
                found = True
                del data[kind]
                data.setdefault("text/plain", "(a picture that was pruned)")
    return nbformat.writes(notebook) + "\n" if found else text
