"""Addresses that show a pooler, and those that show nothing."""

from pathlib import Path

import pytest

from bot.core.migrations.layout import Layout
from bot.rules.prisma.prisma_pooled_connection import check_change
from tests.layouts import change_of

POOLED = '"postgres://u:p@h/db?schema=a&pgbouncer=true"'


def told(files: dict[str, str], place: Path) -> list[tuple[str | None, int, str]]:
    hits = check_change(change_of(Layout(base={}, head=files), place))
    return [
        (hit.path, hit.at.line, hit.message) for hit in hits if not isinstance(hit, str) and hit.at
    ]


def source(*lines: str) -> dict[str, str]:
    body = "".join(f"  {line}\n" for line in ('provider = "postgresql"', *lines))
    return {"schema.prisma": f"datasource db {{\n{body}}}\n"}


@pytest.mark.parametrize(
    ("line", "how"),
    [
        (f"url = {POOLED}", "says pgbouncer=true"),
        ('url = "postgresql://h:6543/db"', "has the port 6543, a pooler's"),
    ],
)
def test_an_address_that_is_written_out_is_told_at_its_line(
    line: str, how: str, tmp_path: Path
) -> None:
    said = f"The address that migrations use {how}."
    assert told(source(line), tmp_path) == [("prisma/schema.prisma", 3, said)]


def test_a_direct_address_is_the_one_that_counts(tmp_path: Path) -> None:
    direct = f"directUrl = {POOLED}"
    assert told(source(f"url = {POOLED}", 'directUrl = env("DIRECT")'), tmp_path / "a") == []
    (hit,) = told(source('url = env("POOL")', direct), tmp_path / "b")
    assert hit[1] == 4


def test_prismas_configuration_is_read_too(tmp_path: Path) -> None:
    config = f"// url: {POOLED}\nexport default {{\n  datasource: {{ url: {POOLED} }},\n}}\n"
    (hit,) = told({**source(), "../prisma.config.ts": config}, tmp_path)
    assert hit[:2] == ("prisma.config.ts", 3)


@pytest.mark.parametrize(
    "line",
    [
        'url = env("DATABASE_URL")',
        'url = "postgresql://h:5432/db?pgbouncer=false"',
        'url = "mysql://h:6543/db"',
        'url = "postgresql://h:port/db?pgbouncer=true"',
        'url = "6543"',
    ],
)
def test_what_does_not_show_a_pooler_is_quiet(line: str, tmp_path: Path) -> None:
    assert told(source(line), tmp_path) == []
