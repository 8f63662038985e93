"""Where Prisma's JavaScript engine would cut, and how it is known to be the one."""

from dataclasses import replace

import pytest

from bot.core.migrations.project import Project
from bot.judge.judge import judge
from bot.rules.prisma import prisma_js_engine_split
from bot.rules.prisma.prisma_js_engine_split import Options
from tests.judging import change

BODY = "SELECT 1;\nDO $$ BEGIN NULL; END $$;\n"
CONFIG = "export default defineConfig({ engine: 'js', adapter })"


def places(
    sql: str, config: str | None = CONFIG, options: Options | None = None
) -> list[tuple[int, int]]:
    made = change(sql)
    project = None if config is None else Project({}, config, "prisma.config.ts")
    found = judge(
        replace(made, head=replace(made.head, project=project)),
        [prisma_js_engine_split],
        options={"prisma-js-engine-split": options} if options else {},
    )
    return [(each.line, each.column) for each in found.all_findings]


def test_the_place_is_the_semicolon() -> None:
    assert places(BODY) == [(2, 17)]


def test_every_piece_is_told_once() -> None:
    sql = "/* a; b; c */\nSELECT ';', 'x;y' AS \"d;e\"; -- f; g\n"
    assert places(sql) == [(1, 5), (2, 9), (2, 15), (2, 24), (2, 33)]


@pytest.mark.parametrize("config", [CONFIG, 'engine : "js",', "engine: `js`"])
def test_the_engine_is_read_from_prismas_configuration(config: str) -> None:
    assert places(BODY, config)


@pytest.mark.parametrize(
    "config", [None, "", "engine: 'classic'", "// engine: 'js'", "/* engine: 'js' */", "engine"]
)
def test_the_native_engine_is_the_default(config: str | None) -> None:
    assert places(BODY, config) == []


def test_our_own_configuration_decides_where_it_says_so() -> None:
    assert places(BODY, None, Options("js"))
    assert places(BODY, CONFIG, Options("native")) == []
