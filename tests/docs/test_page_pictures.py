"""The pictures of the pages: there, as large as they should be, and shown."""

import pytest

from docs.pictures.pages import FOLDER, SHOTS, Shot
from tests.docs.documents import ROOT

LIMIT = 300_000
PAGE = ROOT / "docs/how-to/publish-a-report.md"


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_there_as_large_as_it_should_be_and_shown(shot: Shot) -> None:
    content = (FOLDER / f"{shot.name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) == shot.width
    assert int.from_bytes(content[20:24]) == shot.height
    assert len(content) < LIMIT
    assert f"](../pictures/pages/{shot.name}.png)" in PAGE.read_text("utf-8")


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == {each.name for each in SHOTS}
