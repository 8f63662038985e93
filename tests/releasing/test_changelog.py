"""The changelog is cut at its headings."""

from datetime import date

import pytest

from releasing.changelog import NotThere, day_of, released, section

TEXT = """\
# Changelog

What changes.

## [Unreleased]

### Added

- A verb.

## [0.2.0] - 2026-11-20

- Something.

## [0.1.0] - 2026-10-01

- Everything.
"""


def test_a_section_is_what_stands_below_its_heading() -> None:
    assert section(TEXT, "0.2.0") == "- Something."
    assert section(TEXT, "0.1.0") == "- Everything."
    assert section(TEXT, "Unreleased") == "### Added\n\n- A verb."


def test_a_section_that_is_not_there_is_named() -> None:
    with pytest.raises(NotThere, match=r"no section \[0\.3\.0\]"):
        section(TEXT, "0.3.0")


def test_only_a_release_has_a_day() -> None:
    assert day_of(TEXT, "0.2.0") == date(2026, 11, 20)
    assert day_of(TEXT, "Unreleased") is None
    assert day_of(TEXT, "9.9.9") is None


def test_what_was_unreleased_is_told_under_the_version() -> None:
    text = released(TEXT, "0.3.0", date(2026, 12, 1))

    assert section(text, "Unreleased") == ""
    assert section(text, "0.3.0") == "### Added\n\n- A verb."
    assert day_of(text, "0.3.0") == date(2026, 12, 1)
    assert section(text, "0.2.0") == "- Something."


def test_without_a_place_for_it_nothing_is_released() -> None:
    with pytest.raises(NotThere, match="Unreleased"):
        released("# Changelog\n", "0.3.0", date(2026, 12, 1))
