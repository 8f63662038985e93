"""The pages made from the code are current, and say what the code says."""

import click
import pytest
from pydantic import BaseModel, Field

from bot.core.findings.rule import Rule, name_of
from bot.rules import RULES
from bot.rules.constraints import fk_add_validating
from bot.rules.files import file_encoding, syntax_error
from bot.rules.history import prisma_out_of_order
from bot.rules.indexes import index_create_blocking
from docs.making.commands import commands_page
from docs.making.configuration import configuration_page
from docs.making.contents import contents_page
from docs.making.pages import DOCS, MADE_ONLY, pages
from docs.making.rules import index_page, rule_page

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_current(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    assert text == PAGES[name], "run `make docs`"


@pytest.mark.parametrize("folder", MADE_ONLY)
def test_no_page_is_left_of_a_rule_that_is_gone(folder: str) -> None:
    there = {f"{folder}/{path.name}" for path in (DOCS / folder).iterdir()}
    assert there <= PAGES.keys()


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_rule_has_a_page_and_a_line_in_the_list(rule: Rule) -> None:
    name = name_of(rule)
    assert f"rules/{name}.md" in PAGES
    assert f"| [{name}]({name}.md) |" in index_page(RULES)


def test_a_page_says_why_and_what_to_do_and_shows_both_examples() -> None:
    page = rule_page(index_create_blocking)
    assert "Severity: **error**. It blocks the pull request." in page
    assert "## Why\n\nNobody can insert" in page
    assert index_create_blocking.FIX in page
    assert f"Found in:\n\n```sql\n{index_create_blocking.BAD.strip()}\n```" in page
    assert f"Not found in:\n\n```sql\n{index_create_blocking.GOOD.strip()}\n```" in page
    assert "-- migration-bot: allow index-create-blocking because REASON" in page


def test_an_earlier_migration_is_shown_before_the_examples_that_need_it() -> None:
    page = rule_page(fk_add_validating)
    assert page.index("On top of this:") < page.index("Found in:")


def test_a_finding_about_a_whole_file_is_allowed_for_the_file() -> None:
    for rule in (file_encoding, prisma_out_of_order):
        page = rule_page(rule)
        assert f"-- migration-bot: allow-file {name_of(rule)} because REASON" in page
        assert "directly above the statement" not in page


def test_what_could_not_be_read_cannot_be_allowed() -> None:
    page = rule_page(syntax_error)
    assert "It cannot be allowed" in page
    assert "```yaml" not in page


class Inner(BaseModel):
    """What is inside."""

    many: list[str] = Field(default=[], description="Several.")


class Outer(BaseModel):
    """What is outside."""

    number: int = Field(ge=1, le=2000, description="How many.")
    targets: dict[str, Inner] | None = None


def test_keys_are_listed_with_their_bounds_and_those_inside_below() -> None:
    page = configuration_page(Outer)
    assert "| `number` | number, 1 to 2,000 | **required** | How many. |" in page
    assert "| `targets` | name: keys, below |  | What is inside. |" in page
    assert page.index("What is outside.") < page.index("| `many` | list of text |  | Several. |")


@click.group()
def tool() -> None:
    """A tool."""


@tool.command()
@click.option("--well", is_flag=True, help="Do it well.")
def work(well: bool) -> None:
    """Do the work."""


def test_every_command_is_shown_as_its_help_prints_it() -> None:
    page = commands_page(tool)
    assert "## work\n\n```text\nUsage: migration-bot work [OPTIONS]\n\n  Do the work." in page
    assert "--well  Do it well." in page


CONTENTS = """# All pages

## Write a migration

- [Rehearse](how-to/rehearse.md): see it.

## Reference

- [Commands](reference/commands.md)

## The project

- [Changelog](../CHANGELOG.md)
"""
LISTED = ("how-to/rehearse.md", "reference/commands.md", "../CHANGELOG.md")


def test_what_the_list_of_all_pages_names_stays_as_it_was_written() -> None:
    assert contents_page(CONTENTS, dict.fromkeys(LISTED, "# Another title\n")) == CONTENTS


def test_a_page_that_nobody_listed_gets_a_line_by_its_kind() -> None:
    new = {"how-to/sleep.md": "# Sleep well\n\nDo.\n", "../SECURITY.md": "# Security\n"}
    page = contents_page(CONTENTS, dict.fromkeys(LISTED, "") | new)
    assert (
        "- [Rehearse](how-to/rehearse.md): see it.\n- [Sleep well](how-to/sleep.md)\n\n## Ref"
        in page
    )
    assert page.endswith("- [Changelog](../CHANGELOG.md)\n- [Security](../SECURITY.md)\n")
    assert contents_page(page, dict.fromkeys(LISTED, "") | new) == page
