"""Look at every page of the built site: links and their anchors, pictures, nothing from elsewhere.

Run by `make docs`, on what MkDocs wrote. Needs Python alone.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src"}
"""What a page loads by itself, and must find beside it."""


class Page(HTMLParser):
    """The ids of a page, what it links to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.pictures: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one tag names."""
        values = dict(attrs)
        self.ids |= {v for k in ("id", "name") if (v := values.get(k))}
        if tag == "a" and (link := values.get("href")):
            self.links.append(link)
        if tag == "link" and values.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(values.get("href") or "")
        if tag in LOADS and (source := values.get(LOADS[tag])):
            self.loads.append(source)
        if tag == "img":
            self.pictures.append(values.get("alt"))


def faults(site: Path) -> list[str]:
    """What is wrong with the pages of `site`, in sentences."""
    # For web servers, where it is at the root; from the disk nobody meets it.
    (site / "404.html").unlink(missing_ok=True)
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site)
        for link in page.loads:
            if urlsplit(link).netloc:
                found.append(f"{name}: loads {link} from elsewhere")
        for link in {*page.links, *page.loads}:
            if fault := _leads(link, path, pages, site):
                found.append(f"{name}: {fault}")
        if any(not alt for alt in page.pictures):
            found.append(f"{name}: a picture without a text")
    return found


def _leads(link: str, path: Path, pages: dict[Path, Page], site: Path) -> str | None:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto", "data", "javascript") or parts.netloc:
        return None
    target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    if not target.is_file() or not target.is_relative_to(site):
        return f"{link} leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].ids and anchor != "__top":
        return f"{link} names no place of its page"
    return None


def main(site: Path) -> int:
    """Print what is wrong; 1 where anything is."""
    found = faults(site.resolve())
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(list(site.rglob('*.html')))} pages, {len(found)} faults: {site / 'index.html'}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
