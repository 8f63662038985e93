"""This very machine, and ones that are not as they should be."""

import sys
from importlib.metadata import version
from pathlib import Path

from bot.adapters import machine


def test_programs_say_their_versions(tmp_path: Path) -> None:
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho v22.1.0\n")
    program.chmod(0o755)
    assert machine.program_version("node", {"PATH": f"{tmp_path}:/bin"}) == "22.1.0"
    assert machine.program_version("git", {"PATH": str(tmp_path)}) is None
    assert machine.python()[:2] == sys.version_info[:2]


def test_a_program_that_says_nothing_of_the_kind_has_no_version(tmp_path: Path) -> None:
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho no; exit 1\n")
    program.chmod(0o755)
    assert machine.program_version("node", {"PATH": f"{tmp_path}:/bin"}) is None


def test_packages_are_compared_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    has = version("click")
    lock.write_text("# made\nclick==0.1 \\\n    --hash=sha256:00\nno-such-thing==1 ; os == 'x'\n")
    found = machine.installation(None, lock)
    assert found.locked
    assert found.other == (f"click {has} (locked: 0.1)",)
    assert found.missing == ()
    lock.write_text(f"click=={has} \\\n    --hash=sha256:00\n")
    assert machine.installation(None, lock).other == ()


def test_without_a_lock_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    found = machine.installation("acme/bot@c", tmp_path / "nothing.txt")
    assert (found.locked, found.other, found.source) == (False, (), "acme/bot@c")


def test_a_place_that_is_not_there_is_where_it_would_be_made(tmp_path: Path) -> None:
    found = machine.place(tmp_path / "a" / "b")
    assert found.writable
    assert found.free
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").write_text("")
    assert not machine.place(tmp_path / "file" / "below").writable
    assert machine.place(None).path == ""
