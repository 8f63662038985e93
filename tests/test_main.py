"""python -m bot: Ctrl-C is answered from the first import on."""

import subprocess
import sys

PRESSED_WHILE_LOADING = """
import runpy
import sys


class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "bot.cli":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Pressed())
runpy.run_module("bot", run_name="__main__")
"""


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_interrupted_while_it_loads_it_ends_without_a_word() -> None:
    ended = python("-c", PRESSED_WHILE_LOADING)

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_left_alone_it_answers() -> None:
    ended = python("-m", "bot", "--version")

    assert ended.returncode == 0
    assert ended.stdout.startswith("migration-bot, version ")
