"""Links of the package's page lead to where the project lives, or stay as they are."""

from pathlib import Path

import pytest

from releasing.hatch_build import REPOSITORY, address, readme, urls

HOME = "https://github.com/acme/migration-bot"
TEXT = (
    '[a](docs/a.md) [b](https://b.example) [c](#c) ![d](docs/d.png) <img src="docs/e.png"> '
    '<source srcset="docs/f.png">'
)


def test_relative_links_and_pictures_lead_to_the_version_that_is_released() -> None:
    assert readme(TEXT, HOME, "1.2.3") == (
        f"[a]({HOME}/blob/v1.2.3/docs/a.md) [b](https://b.example) [c](#c) "
        f"![d]({HOME}/blob/v1.2.3/docs/d.png) "
        f'<img src="{HOME}/raw/v1.2.3/docs/e.png"> <source srcset="{HOME}/raw/v1.2.3/docs/f.png">'
    )


def test_our_own_page_has_no_relative_link_left() -> None:
    text = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    assert "](docs/" in text
    for left in ("](docs/", '="docs/', "](LICENSE", "](CHANGELOG"):
        assert left not in readme(text, HOME, "1.2.3")


def test_nobody_is_said_to_be_the_home_of_what_anybody_builds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(REPOSITORY, raising=False)
    assert address() == ""
    assert urls(address(), "1.2.3") == {}
    assert readme(TEXT, address(), "1.2.3") == TEXT


@pytest.mark.parametrize("given", [HOME, f"{HOME}.git", f"{HOME}/", f"  {HOME} "])
def test_the_home_is_an_address(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(REPOSITORY, given)
    assert address() == HOME


@pytest.mark.parametrize("given", ["acme/bot", "http://github.com/a/b", f'{HOME}"', f"{HOME}/x"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(REPOSITORY, given)
    with pytest.raises(ValueError, match="should be https://host/owner/name"):
        address()
