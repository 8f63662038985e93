"""Pictures of the pages that `report --html` writes: `python -m docs.pictures.pages`.

The migrations are really judged, rehearsed and made on a server of this machine, and Chromium draws
what comes of it; what people and targets would have done is made up. Needs PostgreSQL, npm and
Chromium, so the pictures are committed.
"""

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.files import Files
from bot.core.board.board import Board
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


_INDEX = "one/migrations/20261122101500_index_verifier_country.html"
SHOTS = (
    Shot("board", "one/index.html", height=1180),
    Shot("board-dark", "one/index.html", height=1180, dark=True),
    Shot("board-phone-dark", "one/index.html", width=500, height=1000, dark=True),
    Shot("migration", _INDEX, height=1500),
    Shot("migration-phone", _INDEX, width=500, height=1000),
    Shot("migrations", "one/migrations/index.html"),
    Shot("findings", "one/findings.html", height=700),
    Shot("schema", "one/schema.html"),
    Shot("schema-dark", "one/schema.html", dark=True),
    Shot("rollouts-dark", "one/rollouts.html", dark=True),
    Shot("backups", "one/backups.html"),
    Shot("drift-dark", "one/drift.html", dark=True),
    Shot("fleet", "one/fleet.html"),
    Shot("databases", "several/index.html", height=700),
)


def main() -> None:
    """Make them all, or those whose names are given."""
    wanted = sys.argv[1:]
    install()
    FOLDER.mkdir(exist_ok=True)
    board = sample_board(judged(history(), rehearsal=True), schema_of(history()))
    with tempfile.TemporaryDirectory() as place:
        for folder, boards in (("one", [board]), ("several", _several(board))):
            Files().write_folder(f"{place}/{folder}", dict(site(boards, lambda text: text)))
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                draw(shot, Path(place))


def _several(board: Board) -> list[Board]:
    """A configuration with two databases: of the second, staging and development are there."""
    second = replace(board, targets=board.targets[:2], database="billing")
    return [replace(board, database="platform"), second]


def draw(shot: Shot, pages: Path, folder: Path = FOLDER) -> Path:
    made = folder / f"{shot.name}.png"
    photographed(pages / shot.page, made, shot.width, shot.height, dark=shot.dark)
    return made


if __name__ == "__main__":
    main()
