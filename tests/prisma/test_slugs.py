"""Our names for migrations beside those that Prisma's own slugify makes."""

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.core.migrations.letters import DIACRITICS, REPLACEMENTS
from bot.core.migrations.slug import prisma_slug
from tests.npm import installed

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).with_name("slugify")
UNASKED = "PRISMA'S OWN SLUGIFY WAS NOT ASKED what it makes of names"
# What decides where words end, and what is left out of them.
_PIECES = (
    *("foo", "BAR", "Baz", "APIs", "x2", "2X", "don't", "it's", "'s", "t'", "&", "_", "__", "-"),
    *(" ", "\t", "\n", "\r\n", "\x1c", "\u00a0", "\ufeff", ".", "/", "\\", "^", "`", "\u0301", "#"),
    *("é", "ß", "Ж", "ъе", "ый", "日本", "🦄", "♥", "\u200d", "İ", "ı", "K", "ﬁ", "Å", "\ud7ff"),
)


def theirs(names: Sequence[str]) -> list[str]:
    folder = installed(SOURCE, unasked=UNASKED)
    done = subprocess.run(
        ["node", "slugs.mjs"],
        cwd=folder,
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )
    slugs: list[str] = json.loads(done.stdout)
    return slugs


def _joined(pieces: Sequence[str], size: int) -> list[str]:
    """Theirs takes a millisecond for each name, and goes by its first 200 letters."""
    return ["".join(pieces[at : at + size]) for at in range(0, len(pieces), size)]


def differing(names: Sequence[str]) -> list[tuple[str, str, str]]:
    answers = zip(names, theirs(names), strict=True)
    return [(name, own, slug) for name, slug in answers if (own := prisma_slug(name)) != slug]


@pytest.mark.soak
def test_each_letter_is_written_alike() -> None:
    """Alone and between others: every character of the planes that have letters."""
    letters = [chr(each) for each in range(0x20000) if not 0xD800 <= each < 0xE000]
    assert (
        differing([*_joined(letters, 40), *_joined([f"a{x}b " for x in letters[:9000]], 20)]) == []
    )


def test_names_of_all_kinds_are_written_alike() -> None:
    chosen = random.Random(1)
    names = ["".join(chosen.choices(_PIECES, k=chosen.randint(1, 8))) for _ in range(2_000)]
    assert (
        differing(
            [
                *names,
                "a" * 250,
                "word " * 100,
                *_joined([f"{each} " for each, _ in REPLACEMENTS], 9),
            ]
        )
        == []
    )


def test_both_tables_are_there() -> None:
    assert len(REPLACEMENTS) > 1800
    assert "\u0301" in DIACRITICS
