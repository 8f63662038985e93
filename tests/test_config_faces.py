"""Labels and reviewers in the configuration."""

import pytest

from bot.config import read_settings
from bot.core.faces import Faces
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
