"""The command line starts with little: what a verb consists of is loaded when it is called."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from bot.cli import cli
try:
    cli.main({arguments}, obj=[])
except SystemExit:
    pass
heavy = ("bot.world", "bot.core.settings", "bot.wiring.worlds", "psycopg", "pydantic", "yaml")
print(sorted(set(heavy) & set(sys.modules)))
"""


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_what_asks_for_no_verb_loads_none(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(arguments=arguments)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
