"""The options of `prisma migrate diff` are those that each major's own `--help` lists."""

import re
from pathlib import Path

import pytest

from bot.adapters.prisma.asking import SHADOW_VARIABLE, Asking, asking

PLACE, SCHEMA = Path("/private"), Path("/shop/prisma/schema.prisma")
CONFIG = Path('/shop/it"s/prisma.config.ts')
HELP = Path(__file__).with_name("help")


def asked(version: str, config: Path | None = None) -> Asking:
    return asking(version, place=PLACE, schema=SCHEMA, config=config)


@pytest.mark.parametrize("version", ["5.0.0", "5.22.0", "6.3.1", "6.19.3"])
def test_5_and_6_find_the_database_by_a_datasource_of_ours(version: str) -> None:
    found = asked(version)
    assert found.arguments == (
        *("migrate", "diff", "--from-schema-datasource", "/private/shadow.prisma"),
        *("--to-schema-datamodel", "/shop/prisma/schema.prisma", "--script"),
    )
    assert f'env("{SHADOW_VARIABLE}")' in found.files["shadow.prisma"]


@pytest.mark.parametrize("version", ["7.0.0", "7.10.1"])
def test_7_finds_it_by_a_configuration_of_ours(version: str) -> None:
    found = asked(version)
    assert found.arguments == (
        *("migrate", "diff", "--from-config-datasource", "--to-schema"),
        *("/shop/prisma/schema.prisma", "--script", "--config", "/private/prisma.config.ts"),
    )
    assert f"process.env.{SHADOW_VARIABLE}" in found.files["prisma.config.ts"]
    assert "import" not in found.files["prisma.config.ts"]


@pytest.mark.parametrize("version", ["6.4.0", "6.19.3", "7.0.0", "7.10.1"])
def test_the_project_s_configuration_is_ours_with_another_datasource(version: str) -> None:
    found = asked(version, CONFIG)
    text = found.files["prisma.config.ts"]
    assert 'import own from "/shop/it\\"s/prisma.config.ts";' in text
    assert text.index("adapter") < text.index("kept.datasource = ")
    assert found.arguments[-2:] == ("--config", "/private/prisma.config.ts")


@pytest.mark.parametrize("version", ["5.22.0", "6.3.1"])
def test_versions_that_know_no_configuration_are_given_none(version: str) -> None:
    assert "--config" not in asked(version, CONFIG).arguments


@pytest.mark.parametrize("version", ["5.22.0", "6.19.3", "7.10.1"])
@pytest.mark.parametrize("config", [None, CONFIG])
def test_nothing_secret_is_an_argument(version: str, config: Path | None) -> None:
    assert not any("://" in each for each in asked(version, config).arguments)


@pytest.mark.parametrize(
    ("version", "help_of"), [("5.22.0", "5"), ("6.19.3", "6"), ("7.10.1", "7")]
)
def test_each_major_has_the_options_that_it_is_given(version: str, help_of: str) -> None:
    known = re.findall(r"--[a-z][\w-]*", (HELP / f"migrate-diff-{help_of}.txt").read_text("utf-8"))
    given = [each for each in asked(version, CONFIG).arguments if each.startswith("--")]
    assert set(given) <= set(known)
