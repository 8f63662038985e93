"""Pictures of the pages that `report --html` writes: `python -m docs.pictures.pages`.

The migrations are really judged, rehearsed and made on a server of this machine, and Chromium draws
what comes of it; what people and targets would have done is made up. Needs PostgreSQL, npm and
Chromium, so the pictures are committed.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.files import Files
from bot.report.pages.site import site
from docs.pictures.board import history, judged, sample_board, schema_of
from docs.pictures.drawing import HERE, install, photographed

FOLDER = HERE / "pages"


@dataclass(frozen=True)
class Shot:
    """One page as a screen of that size shows it, in pixels."""

    name: str
    page: str
    width: int = 1280
    height: int = 900
    dark: bool = False


_INDEX = "migrations/20261122101500_index_verifier_country.html"
SHOTS = (
    Shot("board", "index.html", height=1180),
    Shot("board-phone-dark", "index.html", width=500, height=1000, dark=True),
    Shot("migration", _INDEX, height=1500),
    Shot("rollouts-dark", "rollouts.html", dark=True),
    Shot("schema", "schema.html"),
)


def main() -> None:
    """Make them all, or those whose names are given."""
    wanted = sys.argv[1:]
    install()
    FOLDER.mkdir(exist_ok=True)
    board = sample_board(judged(history(), rehearsal=True), schema_of(history()))
    with tempfile.TemporaryDirectory() as place:
        Files().write_folder(f"{place}/site", dict(site([board], lambda text: text)))
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                draw(shot, Path(place) / "site")


def draw(shot: Shot, pages: Path, folder: Path = FOLDER) -> Path:
    made = folder / f"{shot.name}.png"
    photographed(pages / shot.page, made, shot.width, shot.height, dark=shot.dark)
    return made


if __name__ == "__main__":
    main()
