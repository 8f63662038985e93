"""What is said of the commands, in help and on the page about them."""

from pathlib import Path

import pytest

from bot.core.github.command import Verb, usage
from bot.report.comment.command_words import help_answer

PAGE = (Path(__file__).parents[3] / "docs/how-to/commands.md").read_text("utf-8")


@pytest.mark.parametrize("verb", Verb)
def test_every_command_is_in_help_and_on_the_page(verb: Verb) -> None:
    assert f"`{usage(verb)}` " in help_answer()
    assert usage(verb).replace('"…"', '"why it cannot wait"') in PAGE
