"""The pages in headless Chromium: as they look, as they are read out, and as they are used."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.files import Files
from tests.npm import ask, installed
from tests.report.pages.boards import drawn_pages

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parent / "browser"
INDEX = "migrations/20261122101500_index_verifier_country.html"
PAGES = (
    *("index.html", "migrations/index.html", INDEX),
    *("migrations/20240529120000_add_indexes.html", "findings.html", "schema.html"),
    *("rollouts.html", "backups.html", "drift.html", "fleet.html"),
)
# Of the kinds of pages those that are built most differently; `make test-all` looks at every one.
SOME = ("index.html", INDEX, "schema.html", "fleet.html")


@dataclass(frozen=True)
class Seen:
    """`looked` is one page in one width and one light; `does` is what keys and clicks led to."""

    looked: list[dict[str, Any]]
    does: dict[str, Any]
    told: list[str]
    requests: list[str]
    address: str


def chromium() -> str:
    """Skips the test where there is none; in CI that is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    found = found or shutil.which("google-chrome")
    if found is None:
        assert "CI" not in os.environ, "no Chromium: nobody has looked at the pages"
        pytest.skip("Chromium is missing: nobody has looked at the pages")
    return found


def look(address: str, *pages: str, how: str = "quick") -> Seen:
    browser = chromium()
    folder = installed(SOURCE, unasked="nobody has looked at the pages")
    done = ask("node", folder / "look.mjs", address, browser, how, *pages, cwd=folder)
    assert done.returncode == 0, done.stderr
    return Seen(**json.loads(done.stdout), address=address)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site below a path, as on GitHub Pages."""
    top = tmp_path_factory.mktemp("web")
    Files().write_folder(str(top / "platform"), drawn_pages())
    return top


@pytest.fixture(scope="module")
def seen(place: Path) -> Seen:
    return look(f"file://{place}/platform/", *SOME)


def test_no_page_complains_or_asks_anybody(seen: Seen) -> None:
    assert seen.told == []
    assert [each for each in seen.requests if not each.startswith(seen.address)] == []
    assert f"{seen.address}assets/search.js" in seen.requests


def test_no_page_is_wider_than_its_screen(seen: Seen) -> None:
    assert len(seen.looked) == 4 * len(SOME)
    assert [(e["page"], e["width"]) for e in seen.looked if e["wide"] > e["width"]] == []


def test_axe_finds_nothing_in_either_width_and_light(seen: Seen) -> None:
    asked = [each for each in seen.looked if each["violations"] is not None]
    assert {(e["page"], e["width"]) for e in asked} == {(e, w) for e in SOME for w in (360, 1440)}
    assert {e["colorScheme"] for e in asked} == {"light", "dark"}
    assert faults(asked) == []
    assert seen.does["dialog"] == []


@pytest.mark.soak
def test_on_no_page_axe_finds_anything_in_both_lights_of_both_widths(place: Path) -> None:
    every = look(f"file://{place}/platform/", *PAGES, how="thorough")
    assert len(every.looked) == 4 * len(PAGES)
    assert faults(every.looked) == []
    assert [(e["page"], e["width"]) for e in every.looked if e["wide"] > e["width"]] == []
    assert every.told == []


def faults(looked: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (each["page"], each["width"], each["colorScheme"], violation)
        for each in looked
        for violation in each["violations"]
    ]


def test_light_and_dark_are_two(seen: Seen) -> None:
    papers = {each["colorScheme"]: each["paper"] for each in seen.looked}
    assert papers == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 20, 26)"}


def test_the_first_key_leads_past_the_head(seen: Seen) -> None:
    assert seen.does["skips"] == "Skip to the content"


def test_a_search_finds_a_migration_by_words_in_any_order(seen: Seen) -> None:
    assert seen.does["results"][0].startswith("migration20261122101500_index_verifier_country")
    assert seen.does["said"].endswith("found.")
    assert seen.does["active"] == "result-0"
    assert seen.does["migration"] == INDEX


def test_a_search_finds_tables_and_opens_their_fold(seen: Seen) -> None:
    assert "table" in seen.does["kinds"]
    assert seen.does["table"].startswith("schema.html#table-")
    assert seen.does["unfolded"] is True


def test_a_search_for_nothing_says_so_and_closes(seen: Seen) -> None:
    assert (seen.does["nothing"], seen.does["closed"]) == (0, True)


def test_keys_go_through_the_list_and_to_the_neighbours(seen: Seen) -> None:
    does = seen.does
    assert does["earlier"] == "migrations/20261122093000_add_verifier_country.html"
    assert does["board"] == "index.html"
    assert does["first"].startswith("index verifier country")
    assert does["second"].startswith("add verifier country")
    assert does["entered"] == INDEX


def test_on_paper_there_is_nothing_to_press(seen: Seen) -> None:
    assert seen.does["printed"] is False


def test_the_same_from_a_web_server_below_a_path(place: Path) -> None:
    with served(place) as address:
        seen = look(f"{address}/platform/", "index.html")
    assert seen.told == []
    assert [each for each in seen.requests if not each.startswith(seen.address)] == []
    assert seen.does["migration"] == INDEX


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads along."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
