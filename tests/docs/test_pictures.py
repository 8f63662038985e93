import json
import re
import shutil
from pathlib import Path

import pytest

from bot.report.comment.comment import render_comment
from docs.pictures.drawing import HERE, SOURCES, Sheet, draw, install, rendered
from docs.pictures.make import FIRST, KEY, LAST, PICTURES, STATES
from tests.report.samples import samples

LIMIT = 150_000
PAGE = HERE.parent / "reference" / "comment.md"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_there_as_wide_as_it_should_be_and_small(picture: Sheet) -> None:
    content = (HERE / f"{picture.name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) == picture.width
    assert len(content) < LIMIT


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.png")} == {each.name for each in PICTURES}


def test_there_is_a_picture_of_every_state_in_every_light_and_width() -> None:
    shown = {(name, sheet.dark) for sheet in PICTURES for name in sheet.comments}
    assert shown >= {(name, dark) for name in STATES for dark in (True, False)}
    assert {name for name, _ in shown} == {*STATES, FIRST, LAST}


def test_the_page_on_the_comment_shows_every_state() -> None:
    text = PAGE.read_text("utf-8")
    for picture in PICTURES:
        if picture.name.startswith("state"):
            assert f"](../pictures/{picture.name}.png)" in text


def test_what_draws_them_is_pinned() -> None:
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads(Path(HERE / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all((HERE / name).is_file() for name in SOURCES)


@pytest.mark.soak
@pytest.mark.slow
def test_the_script_makes_a_picture_of_a_comment(tmp_path: Path) -> None:
    for program in ("npm", "node"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: no picture was made")
    if not {shutil.which("chromium"), shutil.which("chromium-browser")} - {None}:
        pytest.skip("Chromium is missing: no picture was made")
    install()
    body = render_comment(samples()["waiting_for_approval"], KEY)
    sheet = Sheet("one", ("waiting",), width=390, dark=True)

    made = draw(sheet, rendered([body]), tmp_path).read_bytes()

    assert int.from_bytes(made[16:20]) == 390
    assert int.from_bytes(made[20:24]) > 800
    assert len(made) < LIMIT
