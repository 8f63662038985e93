"""Labels and reviewers in the configuration."""

import pytest

from bot.config.file import read_settings
from bot.core.github.faces import Faces
from bot.errors import UsageError


@pytest.mark.parametrize(
    ("text", "faces"),
    [
        ("", Faces("migrations", True)),
        ("labels: true", Faces("migrations", True)),
        ("labels: off", Faces(None, True)),
        ("labels: {prefix: db change}", Faces("db change", True)),
        ("request_reviewers: false", Faces("migrations", False)),
    ],
)
def test_what_is_said_is_what_is_done(text: str, faces: Faces) -> None:
    assert read_settings(text, path="bot.yml").faces == faces


@pytest.mark.parametrize(
    "text", ["labels: {prefix: 'a, b'}", "labels: {prefix: ' '}", "labels: {colour: red}"]
)
def test_a_prefix_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="labels"):
        read_settings(text, path="bot.yml")


def target(url: str) -> str:
    return f"targets: {{s: {{kind: staging, url_env: S, environment_url: '{url}'}}}}"


def test_a_target_s_environment_may_have_an_address() -> None:
    settings = read_settings(target("https://shop.example/"), path="bot.yml")
    assert settings.target("s").environment_url == "https://shop.example/"


@pytest.mark.parametrize(
    "url", ["postgresql://db/shop", "https://user:secret@shop.example", "javascript:alert(1)"]
)
def test_what_is_no_address_for_people_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"targets\.s\.environment_url"):
        read_settings(target(url), path="bot.yml")
