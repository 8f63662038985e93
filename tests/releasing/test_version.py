"""A tag is released only where the code and the changelog say the same."""

from datetime import date
from pathlib import Path

import pytest

from bot import __version__
from releasing.version import current, prepare, problems

TODAY = date(2026, 12, 1)
TEXT = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-20\n\n- Something.\n"


def test_the_version_is_that_of_the_package() -> None:
    assert current() == __version__


def test_a_tag_that_says_what_the_others_say_is_released() -> None:
    assert problems("v0.2.0", "0.2.0", TEXT, TODAY) == []
    rc = TEXT.replace("0.2.0", "0.2.0rc1")
    assert problems("v0.2.0rc1", "0.2.0rc1", rc, TODAY) == []


@pytest.mark.parametrize(
    ("tag", "version", "text", "complaint"),
    [
        ("v0.3.0", "0.2.0", TEXT, "The tag is v0.3.0, but bot/__init__.py says 0.2.0"),
        ("0.2.0", "0.2.0", TEXT, "its tag would be v0.2.0"),
        ("v0.2", "0.2", TEXT.replace("0.2.0", "0.2"), "no version such as 1.2.3"),
        ("v0.2.0", "0.2.0", TEXT.replace("0.2.0", "0.1.0"), ".ci/release prepare 0.2.0"),
        ("v0.2.0", "0.2.0", TEXT.replace("- Something.", ""), "says nothing"),
        ("v0.2.0", "0.2.0", TEXT.replace(" - 2026-11-20", ""), "has no day"),
        ("v0.2.0", "0.2.0", TEXT.replace("2026-11-20", "2027-01-01"), "which is to come"),
        ("v0.2.0", "0.2.0", TEXT.replace("ed]\n", "ed]\n\n- More.\n", 1), "is not empty"),
    ],
)
def test_anything_else_is_told(tag: str, version: str, text: str, complaint: str) -> None:
    (found,) = problems(tag, version, text, TODAY)
    assert complaint in found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/__init__.py").write_text('"""A bot."""\n\n__version__ = "0.2.0"\n', "utf-8")
    text = TEXT.replace("ed]\n", "ed]\n\n- More.\n", 1)
    (tmp_path / "CHANGELOG.md").write_text(text, "utf-8")
    return tmp_path


def test_what_is_prepared_can_be_tagged(project: Path) -> None:
    prepare("0.3.0", TODAY, project)

    text = (project / "CHANGELOG.md").read_text("utf-8")
    assert current(project) == "0.3.0"
    assert problems("v0.3.0", current(project), text, TODAY) == []
    assert "## [0.2.0] - 2026-11-20" in text


@pytest.mark.parametrize(
    ("version", "complaint"), [("1.0", "no version"), ("0.2.0", "in CHANGELOG.md already")]
)
def test_what_cannot_be_released_is_not_prepared(
    project: Path, version: str, complaint: str
) -> None:
    before = (project / "CHANGELOG.md").read_text("utf-8")
    with pytest.raises(ValueError, match=complaint):
        prepare(version, TODAY, project)
    assert (project / "CHANGELOG.md").read_text("utf-8") == before
    assert current(project) == "0.2.0"


def test_nothing_is_prepared_where_nothing_has_changed(project: Path) -> None:
    (project / "CHANGELOG.md").write_text(TEXT, "utf-8")
    with pytest.raises(ValueError, match="nothing to release"):
        prepare("0.3.0", TODAY, project)
