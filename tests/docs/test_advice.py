"""Advice names commands that exist: a hint that cannot be followed is worse than none."""

import re
from pathlib import Path

import pytest

from bot.cli import VERBS
from tests.docs.documents import ROOT

SOURCES = sorted(
    [*(ROOT / "bot").rglob("*.py"), *(ROOT / "bot").rglob("*.j2"), *ROOT.glob(".github/**/*.yml")]
)
_VERB = re.compile(r"`(?:python -m bot|migration-bot) ([a-z]+)")


def unknown_verbs(text: str) -> list[str]:
    return [verb for verb in _VERB.findall(text) if verb not in VERBS]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_verb_that_is_advised_exists(path: Path) -> None:
    assert unknown_verbs(path.read_text("utf-8")) == []


def test_a_verb_that_does_not_exist_is_found() -> None:
    assert unknown_verbs("Run `migration-bot apply x`, then `migration-bot heal x`.") == ["heal"]
