"""TAB in the shells themselves, where they are there; bash is wherever the tests run."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.completing import VARIABLE
from tests.commands.place import repository
from tests.shell import bot, environment

HEAVY = ("bot.world", "bot.rules", "bot.commands", "pydantic", "psycopg", "sqlglot", "postgast")
ASK = """
import os, sys
from bot.cli import main
try:
    main()
finally:
    print([each for each in {heavy} if each in sys.modules], file=sys.stderr)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository, and a directory for PATH with the command in it."""
    command = tmp_path / "bin" / "migration-bot"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    command.chmod(0o755)
    return repository(tmp_path / "work").root


def surroundings(place: Path) -> Mapping[str, str]:
    path = f"{place.parent / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return environment(TERM="dumb") | {"PATH": path}


def environ_asking(line: str, shell: str = "bash") -> dict[str, str]:
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return environment(**asked, **{VARIABLE: f"{shell}_complete"})


def answer(line: str, place: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", ASK.format(heavy=HEAVY)],
        cwd=place,
        env={**environ_asking(line), **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def in_bash(line: str, place: Path) -> list[str]:
    """What bash proposes after a line, as its own completion function leaves it."""
    script = (
        'source <(migration-bot completion bash); read -ra COMP_WORDS <<< "$1"; '
        '[[ $1 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
        "compopt() { :; }; _migration_bot_completion migration-bot; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line],
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("migration-bot reh", ["rehearse"]),
        ("migration-bot apply ", ["development", "staging", "production"]),
        ("migration-bot status staging p", ["production"]),
        ("migration-bot check --form", ["--format"]),
        ("migration-bot check --format s", ["sarif"]),
        ("migration-bot check --target = st", ["staging"]),
        ("migration-bot rollback staging --to ", ["20260101000000_init"]),
        ("migration-bot rules index-create", ["index-create-blocking"]),
        ("migration-bot backups v", ["verify"]),
        ("migration-bot backup nowhere", []),
    ],
)
def test_bash_proposes_what_fits(place: Path, line: str, proposed: list[str]) -> None:
    assert in_bash(line, place) == proposed


def test_a_tab_typed_into_bash_completes_the_line(place: Path) -> None:
    """The real thing: an interactive bash on a terminal, with readline."""
    with Typing(place) as type_in:
        type_in("source <(migration-bot completion bash); echo re''ady\n", until="ready")
        said = type_in("migration-bot rollback staging --to \t", until="20260101000000_init")

    assert "20260101000000_init" in said


class Typing:
    """A bash that somebody types into."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> "Typing":
        self._process, self._terminal = _interactive(self._place)
        return self

    def __call__(self, text: str, *, until: str) -> str:
        os.write(self._terminal, text.encode())
        said, deadline = "", time.monotonic() + 60
        while until not in said:
            assert time.monotonic() < deadline, said
            if select.select([self._terminal], [], [], 1)[0]:
                said += os.read(self._terminal, 65536).decode("utf-8", "replace")
        return said

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


def _interactive(place: Path) -> "tuple[subprocess.Popen[bytes], int]":
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        cwd=place,
        env={**surroundings(place), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


@pytest.mark.parametrize(
    "line", ["migration-bot ", "migration-bot check --", "migration-bot rollback staging --to "]
)
def test_a_tab_loads_no_verb_and_connects_to_nothing(place: Path, line: str) -> None:
    done = answer(line, place)

    assert done.stdout.strip()
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("shell", ["bash", "powershell", "", "../x"])
def test_whatever_is_wrong_the_prompt_stays_clean(place: Path, shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=place,
        env=environment(**{VARIABLE: f"{shell}_complete", "COMP_CWORD": "many"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(tmp_path: Path, shell: str) -> None:
    done = bot("completion", shell, cwd=tmp_path)

    assert (done.code, done.err) == (0, "")
    assert f"{VARIABLE}={shell}_complete" in done.out


def _shells() -> Iterator[object]:
    for shell in ("bash", "zsh", "fish"):
        missing = shutil.which(shell) is None
        reason = f"NOT TESTED: {shell} is not installed on this machine"
        yield pytest.param(shell, marks=pytest.mark.skipif(missing, reason=reason))


@pytest.mark.parametrize("shell", list(_shells()))
def test_each_shell_can_read_its_script(tmp_path: Path, shell: str) -> None:
    script = tmp_path / "script"
    script.write_text(bot("completion", shell, cwd=tmp_path).out)

    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("fish"), reason="NOT TESTED: fish is not installed here")
def test_fish_proposes_what_fits(place: Path) -> None:
    script = 'migration-bot completion fish | source; complete --do-complete "migration-bot app"'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.startswith("apply"), done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_others_are_told_what_each_word_means(place: Path, shell: str) -> None:
    line = "migration-bot rul"
    environ = environ_asking(line, shell)
    if shell == "fish":
        environ["COMP_CWORD"] = "rul"
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=place,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "rules" in done.stdout
    assert "List the rules, or explain one." in done.stdout
