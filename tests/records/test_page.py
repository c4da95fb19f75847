"""Pages open offline, run nothing and show hostile values as the text that they are."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from investigate.finding import Estimate, Finding
from investigate.notebook import as_html, as_text
from investigate.records.page import page

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<svg onload="alert(1)"><circle r="9"/></svg>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '"><script src="https://evil.example/x.js"></script>',
    "<style>@import url(https://evil.example/x.css);</style>",
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    '<form action="https://evil.example"><button>x</button></form>',
    '<math><mi xlink:href="data:text/html,<script>alert(1)</script>">x</mi></math>',
    "<details open ontoggle=alert(1)>x</details>",
    '</pre></div></main><base href="https://evil.example/"><link href=//evil.example>',
    "<!-- <img title='--><script>alert(1)</script>'>",
    '[x](javascript:alert(1)) ![x](https://evil.example/x.png "x")',
]
HARMLESS = {"http", "https", "mailto"}


class Elements(HTMLParser):
    """Every element with its attributes, and all text outside of styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def check_harmless(text: str) -> Elements:
    elements = Elements(text)
    head = [e for e in elements.found if e[0] in ("meta", "link", "style", "title", "html", "head")]
    assert [tag for tag, _ in head] == [
        "html", "head", "meta", "meta", "meta", "title", "link", "style",
    ]  # fmt: skip
    assert head[6][1] == {"rel": "icon", "href": "data:,"}
    for tag, attributes in elements.found:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base", "svg", "math"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "srcdoc", "action", "xlink:href"}
            if name == "src":
                assert tag == "img"
                assert (value or "").startswith("data:image/")
            if name == "href" and tag == "a":
                scheme = re.match(r"\s*([a-z]+):", value or "", re.IGNORECASE)
                assert scheme is None or scheme[1] in HARMLESS
    return elements


def everywhere(payload: str) -> NotebookNode:
    named = {"image/png": {"alt": payload}}
    bundle = {"text/html": f"<p>{payload}</p>", "text/plain": payload}
    outputs = [
        new_output("stream", name="stdout", text=payload),
        new_output("stream", name="stderr", text=payload),
        new_output("display_data", bundle),
        new_output("display_data", {"text/markdown": payload}),
        new_output("display_data", {"text/latex": payload}),
        new_output("display_data", {"text/plain": payload}),
        new_output("display_data", {"image/svg+xml": f"<svg>{payload}</svg>"}),
        new_output("display_data", {"application/javascript": "alert(1)"}),
        new_output("display_data", {"image/png": f'"{payload}'}, metadata=named),
        new_output("error", ename=payload, evalue=payload, traceback=[payload]),
    ]  # fmt: skip
    cells = [
        new_markdown_cell(f"# {payload}"),
        new_markdown_cell(f"Text {payload}\n\n    {payload}\n"),
        new_code_cell(f"x = {payload!r}", outputs=outputs, execution_count=1),
    ]
    return new_notebook(cells=cells)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_hostile_becomes_more_than_text(payload: str) -> None:
    elements = check_harmless(page(everywhere(payload), "1_x", ["1_x", payload], payload))
    # As a stream's text, as plain text, in a traceback and as the error on top.
    assert elements.text.count(payload) >= 5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_finding_of_hostile_values_stays_text(payload: str) -> None:
    finding = Finding(
        name=payload,
        claim=f"{payload} fell.",
        numbers={payload: Estimate(0.5, 0.4, 0.6)},
        table=({payload: payload, "rows": 3},),
        caveats=(payload,),
        detail={payload: payload},
    )
    data = {"text/html": as_html(finding), "text/plain": as_text(finding)}
    cell = new_code_cell("show(finding)", outputs=[new_output("display_data", data)])
    elements = check_harmless(page(new_notebook(cells=[cell]), "1_x"))
    # Claim, name of the number, column, value and caveat.
    assert elements.text.count(payload) == 5


def test_no_page_asks_for_anything() -> None:
    text = page(everywhere("x"), "1_x")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.split("; ")[:2] == ["default-src 'none'", "img-src data:"]
    assert "script" not in policy
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_headings_tables_and_figures_are_shown_as_such() -> None:
    table = "<style>td { color: red }</style><table><thead><tr><th>a</th></tr></thead></table>"
    outputs = [
        new_output("display_data", {"text/html": table, "text/plain": "no"}),
        new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}),
    ]
    cells = [
        new_markdown_cell("# Did it *fall*?\n\n## Evidence\n\n- one [link](https://example.org)\n"),
        new_code_cell("figures.roc(finding)", outputs=outputs),
    ]
    text = page(new_notebook(cells=cells), "1_did_it", ["1_did_it", "2_when"])
    for part in (
        "<title>Did it *fall*?</title>",
        "<em>fall</em>",
        '<a href="https://example.org">link</a>',
        "<th>a</th>",
        '<b>1 Did it</b>\n<a href="2_when.html">2 When</a>',
    ):
        assert part in text
    assert "color: red" not in text
    (image,) = [attributes for tag, attributes in Elements(text).found if tag == "img"]
    assert image["src"] == "data:image/png;base64,iVBORw0KGgo="
    assert image["alt"] == "Figure made by figures.roc(finding)"


def test_defaults_that_the_run_replaced_are_left_out() -> None:
    cells = [
        new_code_cell('case = "default"', metadata={"tags": ["parameters"]}),
        new_code_cell('case = "mine"', metadata={"tags": ["injected-parameters"]}),
    ]
    notebook = new_notebook(cells=cells)
    text = html.unescape(re.sub("<[^>]*>", "", page(notebook, "1_x")))
    assert 'case = "mine"' in text
    assert "default" not in text.split("</style>")[-1].replace("default-src", "")
    assert len(notebook.cells) == 2
    assert 'case = "default"' in re.sub(
        "<[^>]*>", "", html.unescape(page(new_notebook(cells=cells[:1]), "1_x"))
    )


@pytest.mark.slow
def test_the_same_notebook_gives_the_same_page() -> None:
    notebook = everywhere("x")
    assert page(notebook, "1_x") == page(nbformat.from_dict(notebook), "1_x")


def test_parameters_of_a_run_are_folded_and_whole() -> None:
    given = new_code_cell('case = "<b>"\n\nlog = "*a* _b_"')
    given.metadata["tags"] = ["injected-parameters"]
    soup = BeautifulSoup(page(new_notebook(cells=[given]), "1_did_it"), "html.parser")
    assert soup.select_one("details > summary").text == "Parameters of this run"
    assert soup.select_one("details > pre").text == given.source


def test_links_to_notebooks_of_any_name_lead_to_their_files() -> None:
    names = ["C# and 50%25", "what?", "note: x", 'a "b"', "Größe"]
    shown = Elements(page(new_notebook(cells=[]), "one", ["one", *names]))
    links = [attributes["href"] for tag, attributes in shown.found if tag == "a"]
    parts = [urlsplit(str(link)) for link in links]
    assert [unquote(part.path) for part in parts] == [f"{name}.html" for name in names]
    assert all((part.scheme, part.query, part.fragment) == ("", "", "") for part in parts)
