""".ci/release, as the workflow calls it."""

import pytest

from bot import __version__
from releasing.__main__ import main


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_another_tag_than_the_versions_ends_the_release(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "v999.0.0"]) == 1
    assert "error: The tag is v999.0.0" in capsys.readouterr().err


def test_a_version_that_is_none_is_not_prepared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", "one"]) == 1
    assert capsys.readouterr().err.startswith("error: one is no version")


def test_a_verb_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "VERB" in capsys.readouterr().err
