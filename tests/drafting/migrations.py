"""Migrations of every kind, to be taken back: each a change of its own, and seeded mixtures."""

import random
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).with_name("base.sql").read_text(encoding="utf-8")
ODD = '"Odd ""Schema."."select"'

CHANGES = tuple(
    line.strip()
    for line in Path(__file__).with_name("changes.sql").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("--")
)


def mixtures(count: int, *, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Some changes one after the other; the test leaves out what cannot be run after another."""
    chance = random.Random(seed)
    for _ in range(count):
        yield tuple(chance.sample(CHANGES, chance.randint(2, 6)))
