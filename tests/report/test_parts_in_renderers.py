"""Comments on several databases full of hostile text, read by two parsers of GitHub's Markdown."""

import re
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.report.comment.parts import Part, part_of, read_parts, whole_of
from tests.fakes import NOON
from tests.report.huge import huge
from tests.report.regenerate import every
from tests.report.test_comment_in_renderers import (
    LINKS,
    OURS,
    REFERENCES,
    UNSEEN,
    looked_at,
    statements,
)

pytestmark = pytest.mark.slow

NAMES = ("shop", "billing", "stock")


def shared(random: Random) -> tuple[Part, ...]:
    reports = [replace(huge(random, most=2), database=name) for name in NAMES]
    return tuple(part_of(each, each.database, budget=18_000) for each in reports)


def held(seen: dict[str, Any]) -> None:
    assert set(seen["elements"]) <= OURS | {"h2"}
    assert all(link.startswith(LINKS) for link in seen["links"])
    (title, *others) = seen["headings"]
    assert title[0] == "h2"
    assert [text.split()[1] for name, text in others if name == "h3"] == [
        f"{name}:" for name in NAMES
    ]
    assert all(
        re.fullmatch(r"🔴 Must change \(\d+\)", text) for name, text in others if name != "h3"
    )
    assert seen["last"] == "sub"
    for text in seen["running"]:
        assert not any(re.search(reference, text) for reference in REFERENCES), text
        assert not UNSEEN.search(text)
        assert "begin-" not in text
    statements(seen["blocks"])


def check(all_parts: list[tuple[Part, ...]]) -> None:
    bodies = [whole_of(parts, "key", NOON, []) for parts in all_parts]
    for parts, body, seen in zip(all_parts, bodies, looked_at(bodies), strict=True):
        assert read_parts(body) == parts
        for name in ("remark", "markdownIt", "sanitized"):
            held(seen[name])
        # That of all, the end of what stands above, and two around each part.
        assert len(seen["remark"]["comments"]) == 2 + 2 * len(parts)
        assert seen["sanitized"]["elements"] == seen["remark"]["elements"]
        for what in ("comments", "elements", "links", "headings", "summaries"):
            assert seen["remark"][what] == seen["markdownIt"][what]


def test_every_state_stands_beside_others() -> None:
    reports = list(every().values())
    check(
        [
            tuple(
                part_of(replace(each, database=name), name, budget=19_000)
                for name, each in zip(NAMES, (one, *reports[:2]), strict=True)
            )
            for one in reports
        ]
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
def test_hostile_parts_are_text_and_stay_apart(seed: int) -> None:
    random = Random(seed)
    check([shared(random) for _ in range(20)])
