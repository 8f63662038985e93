import json
import re
from pathlib import Path

import pytest

from docs.pictures.make import HERE, PICTURES, Picture

LIMIT = 250_000


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_there_as_wide_as_it_should_be_and_small(picture: Picture) -> None:
    content = (HERE / f"{picture.name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) == picture.width
    assert len(content) < LIMIT


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.png")} == {each.name for each in PICTURES}


def test_what_draws_them_is_pinned() -> None:
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads(Path(HERE / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
