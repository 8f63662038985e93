"""The site of the documentation: what it is made of, and what it is when it is made."""

import functools
import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.site.gather import gather
from docs.site.navigation import CONTENTS, Part, parts_of
from docs.site.sources import Place, documents, on_site, page_of
from tests.docs.documents import ROOT, anchors, links, text_of
from tests.docs.webpages import Browser, browser

PLACE = Place("acme/migration-bot", "0" * 40)
AT_GITHUB = f"https://github.com/acme/migration-bot/blob/{PLACE.commit}/"
PARTS = parts_of((ROOT / CONTENTS).read_text("utf-8"))
# One of each kind, and what is widest: long tables, long code, pictures.
WIDE = (
    *("index", "contents", "quickstart", "rules/index", "rules/rename-column"),
    *("reference/configuration", "reference/commands", "how-to/recover", "architecture"),
)


def shown(text: str, path: str = "docs/how-to/recover.md") -> str:
    return on_site(text, path, root=ROOT, place=PLACE)


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("keep-backups.md", "keep-backups.md"),
        ("keep-backups.md#remove-old-ones", "keep-backups.md#remove-old-ones"),
        ("../explanation/backups.md", "../explanation/backups.md"),
        ("../rules/README.md", "../rules/index.md"),
        ("../../README.md", "../index.md"),
        ("../../CHANGELOG.md", "../changelog.md"),
        ("../reference/check.schema.json", "beside:../reference/check.schema.json"),
        ("../pictures/comment.png", "../pictures/comment.png"),
        ("../../bot/cli.py", f"{AT_GITHUB}bot/cli.py"),
        ("../../bot/rules", f"{AT_GITHUB.replace('blob', 'tree')}bot/rules"),
        ("#afterwards", "#afterwards"),
        ("https://example.com/a.md", "https://example.com/a.md"),
    ],
)
def test_a_link_leads_to_a_page_of_the_site_or_to_github(link: str, there: str) -> None:
    assert shown(f"See [it]({link}), or not.") == f"See [it]({there}), or not."


def test_a_link_of_the_readme_is_from_the_top_of_the_site() -> None:
    assert shown("[it](docs/quickstart.md#2-x)", "README.md") == "[it](quickstart.md#2-x)"


def test_code_is_left_alone_and_sql_is_that_of_postgresql() -> None:
    text = (
        "`[a](../../bot/cli.py)`\n\n```text\n[a](../../bot/cli.py)\n```\n\n```sql\nSELECT 1;\n```\n"
    )
    assert shown(text) == text.replace("```sql", "```postgresql")


def test_a_picture_for_each_theme_is_an_image_for_each() -> None:
    text = shown(
        '<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="docs/pictures/b.png">\n'
        '  <img alt="A comment." src="docs/pictures/a.png" width="720">\n</picture>\n',
        "README.md",
    )
    assert text == (
        "![A comment.](pictures/a.png){.only-light width=720px}\n"
        "![A comment.](pictures/b.png){.only-dark width=720px}\n"
    )


def test_the_navigation_is_the_list_of_all_pages() -> None:
    contents = (
        "# All\n\n## Start\n\n- [A](quickstart.md): now.\n\n## Rest\n\n- [B](rules/README.md)\n"
    )
    assert parts_of(contents) == (
        Part("Start", ("quickstart.md",)),
        Part("Rest", ("rules/index.md",)),
    )


def test_every_document_stands_in_the_list_of_all_pages_once() -> None:
    listed = sorted(page for part in PARTS for page in part.pages)
    pages = [page_of(path) for path in documents(ROOT)]
    rules = {page for page in pages if page and page.startswith("rules/")} - {"rules/index.md"}
    assert listed == sorted(set(filter(None, pages)) - rules - {"index.md", "contents.md"})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Sphinx is given, with the schemas beside it as the site has them."""
    folder = tmp_path_factory.mktemp("site")
    gather(ROOT, folder, folder, PLACE)
    return folder


def test_every_link_of_every_page_leads_somewhere(pages: Path) -> None:
    lost = [
        f"{page.relative_to(pages)}: {link}"
        for page in sorted(pages.rglob("*.md"))
        for link in links(page)
        if not leads(page, link)
    ]
    assert lost == []


def leads(page: Path, link: str) -> bool:
    at_github = re.fullmatch(r"https://github\.com/acme/migration-bot/(blob|tree)/0{40}/(.+)", link)
    if at_github:
        path = ROOT / at_github[2].partition("#")[0]
        return path.is_dir() if at_github[1] == "tree" else path.is_file()
    if "://" in link:
        return True  # Nothing is asked of the network.
    there, _, anchor = link.removeprefix("beside:").partition("#")
    target = page.parent / there if there else page
    return target.is_file() and (not anchor or anchor in anchors(target))


def test_the_first_page_is_the_readme_and_ends_with_the_navigation(pages: Path) -> None:
    text = text_of(pages / "index.md")
    assert text.startswith("# migration-bot\n")
    assert text.count("```{toctree}") == len(PARTS) + 1
    assert ":caption: Reference\n\nreference/commands.md\n" in text


# What a browser fetches by itself: no link that somebody has to follow.
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|srcset|href)=\"([^\"]+)\""
)
_STYLED = re.compile(r"url\(\s*[\"']?(?!data:)([^)\"']+)|@import\s+[\"']([^\"']+)")


# The workflow `Site` makes it for every pull request; `make test-all` asks what it is like.
@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make site` makes, where every warning is an error."""
    folder = tmp_path_factory.mktemp("made") / "site"
    command = ["make", "site", f"SITE={folder}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.soak
def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    made = sorted(site.rglob("*.html"))
    assert len(made) > 250
    for page in made:
        for address in _FETCHED.findall(page.read_text("utf-8")):
            path = address.partition("#")[0].partition("?")[0]
            assert "//" not in address, f"{page.name}: {address}"
            assert not path or (page.parent / path).exists(), f"{page.name}: {address}"
    for style in site.rglob("*.css"):
        assert not [
            each for each in _STYLED.findall(style.read_text("utf-8")) if "//" in "".join(each)
        ]


@pytest.mark.slow
@pytest.mark.soak
def test_the_schemas_are_published_beside_the_pages_on_them(site: Path) -> None:
    for schema in (ROOT / "docs/reference").glob("*.schema.json"):
        assert (site / "reference" / schema.name).read_bytes() == schema.read_bytes()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the site, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[Browser]:
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield browser(site, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


@pytest.mark.slow
@pytest.mark.soak
def test_the_search_finds_a_page_without_any_service(served: Browser) -> None:
    text = served.page("search.html?q=freeze")
    assert 'href="how-to/freeze-and-windows.html' in text


@pytest.mark.slow
@pytest.mark.soak
def test_the_search_also_works_in_files(site: Path) -> None:
    text = browser(site, site.as_uri()).page("search.html?q=freeze")
    assert 'href="how-to/freeze-and-windows.html' in text


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_the_screen(served: Browser, width: int) -> None:
    found = served.widths(width, [f"{name}.html" for name in WIDE])
    assert len(found) == len(WIDE)
    assert {name: wide for name, wide in found.items() if wide > width} == {}


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("dark", [True, False])
def test_a_theme_shows_its_own_picture(served: Browser, dark: bool) -> None:
    light_shown, dark_shown = served.displayed("index.html", ["only-light", "only-dark"], dark=dark)
    assert (light_shown, dark_shown) == (not dark, dark)
