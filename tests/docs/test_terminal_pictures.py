"""Pictures of terminals: there, shown, and of what really stood on the screen."""

import shutil
from pathlib import Path

import pytest

from docs.pictures.drawing import install
from docs.pictures.recording import Recording, on_screen, recorded
from docs.pictures.screens import as_svg
from docs.pictures.terminal import FOLDER, SHOTS, Shot, desk, draw
from tests.docs.documents import DOCUMENTS, text_of
from tests.shell import ROOT, environment

LIMIT = 300_000


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_there_and_a_document_shows_it_in_words_too(shot: Shot) -> None:
    content = (FOLDER / f"{shot.name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < LIMIT
    shown = f"pictures/terminal/{shot.name}.png)"
    lines = [line for each in DOCUMENTS for line in text_of(each).splitlines() if shown in line]
    assert lines, "no document shows it"
    assert all(line.startswith("![") and len(line.split("](")[0]) > 30 for line in lines)


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == {each.name for each in SHOTS}


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("a\r\nb\r\n", ["a", "b"]),
        ("50 %\r\x1b[K100 %\r\n", ["100 %"]),
        ("\x1b[?25la spinner\r\n\r\x1b[1A\x1b[2Kdone\r\n\x1b[?25h", ["done"]),
        ("\x1b[31mred\x1b[0m\r\n", ["\x1b[31mred\x1b[0m"]),
        ("\x1b[31m\rred\r\n", ["\x1b[31mred"]),
        ("\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\\r\n", ["here"]),
    ],
)
def test_a_screen_shows_what_was_not_taken_away(written: str, lines: list[str]) -> None:
    assert on_screen(written) == lines


@pytest.mark.parametrize("written", ["abc\rX", "a\x1b[2;3Hb", "\x1b7"])
def test_what_a_screen_cannot_show_is_not_guessed(written: str) -> None:
    with pytest.raises(AssertionError):
        on_screen(written)


def test_a_moment_is_the_last_at_which_the_last_line_said_so() -> None:
    whole = Recording("migration-bot", ("a 1 s", "\r\x1b[Ka 2 s", "\r\x1b[Kdone\r\n"), 0)

    assert whole.when(r"\d s").end[1:] == ["a 2 s"]
    assert whole.end[1:] == ["done"]
    with pytest.raises(AssertionError, match="no line said"):
        whole.when("failed")


def test_a_long_line_is_broken_where_the_terminal_ends() -> None:
    svg = as_svg(["\x1b[31m" + "x" * 60 + "\x1b[0m"], 40)

    assert tuple("x" * many + "<" for many in (40, 20) if ">" + "x" * many + "<" in svg) == (
        "x" * 40 + "<",
        "x" * 20 + "<",
    )
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_the_bot_is_recorded_in_a_terminal_as_wide_as_is_asked_for() -> None:
    made = recorded(["rules", "index-create-blocking"], cwd=ROOT, environ=environment(), columns=40)

    assert made.code == 0
    assert made.end[0] == "\x1b[1m$ migration-bot rules index-create-blocking\x1b[0m"
    assert "\x1b[" in "".join(made.end[1:]), "it had no colours"


@pytest.mark.slow
@pytest.mark.soak
def test_the_script_makes_a_picture_of_a_terminal(tmp_path: Path) -> None:
    if not {shutil.which("chromium"), shutil.which("chromium-browser")} - {None}:
        pytest.skip("Chromium is missing: no picture was made")
    if shutil.which("npm") is None:
        pytest.skip("npm is missing: no picture was made")
    install()
    status = next(each for each in SHOTS if each.name == "status")
    with desk() as ready:
        recording = ready.type(status)
        made = draw(status, recording, tmp_path).read_bytes()

    assert recording.code == 0
    assert "production" in "".join(recording.end)
    assert int.from_bytes(made[16:20]) > 900
    assert len(made) < LIMIT
    assert [each.name for each in tmp_path.iterdir()] == ["status.png"]
