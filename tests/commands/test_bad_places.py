"""Places that are not what the bot needs: no folder, no repository, no base."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, SCRIPT, Place, refused
from tests.shell import command, environment

_PR_CAPBSET_DROP = 24


def test_a_missing_folder_is_named(place: Place) -> None:
    refused(place.bot("--migrations", "db", "check"), ExitCode.USAGE, "no migrations folder db")
    shutil.rmtree(place.root / "prisma")
    for arguments in (["check"], ["check", "--all"], ["plan", "staging"]):
        done = place.bot(*arguments)
        refused(done, ExitCode.USAGE, f"no migrations folder {FOLDER}", "--migrations DIR")


def test_a_folder_that_is_a_file_is_refused(place: Place) -> None:
    place.write("notes", "")

    refused(place.bot("--migrations", "notes", "check", "--all"), ExitCode.USAGE, "Not a directory")


def test_an_unreadable_folder_is_named(place: Place) -> None:
    (place.root / FOLDER).chmod(0)
    done = subprocess.run(
        command("check", "--all"),
        cwd=place.root,
        env=environment(),
        preexec_fn=_without_privileges,
        capture_output=True,
        text=True,
    )
    (place.root / FOLDER).chmod(0o755)

    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert f"{FOLDER} cannot be read: Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def _without_privileges() -> None:
    """Root reads everything by two capabilities (DAC_OVERRIDE, DAC_READ_SEARCH); give them up."""
    if os.geteuid() == 0:
        for capability in 1, 2:
            ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, capability)


def test_a_folder_outside_the_checkout_is_not_followed(place: Place, tmp_path: Path) -> None:
    shutil.move(place.root / FOLDER, tmp_path / "elsewhere")
    (place.root / FOLDER).symlink_to(tmp_path / "elsewhere")

    refused(place.bot("check", "--all"), ExitCode.USAGE, "leads out of the checkout")


def test_outside_a_repository_everything_can_be_checked_and_nothing_compared(
    place: Place,
) -> None:
    shutil.rmtree(place.root / ".git")

    refused(place.bot("check"), ExitCode.USAGE, "not in a git repository", "`check --all`")
    assert place.bot("check", "--all").code == 0


def test_a_repository_without_a_commit_has_no_base(place: Place) -> None:
    shutil.rmtree(place.root / ".git")
    place.git("init", "--quiet", "--initial-branch=trunk")

    refused(place.bot("check"), ExitCode.USAGE, "no base to compare with")


def test_an_unknown_base_is_refused_with_the_fetch_that_brings_it(place: Place) -> None:
    done = place.bot("check", "--base", "release")

    refused(done, ExitCode.USAGE, "no branch or commit release", "git fetch origin +refs/heads/")


@pytest.mark.parametrize("ref", ["--upload-pack=touch x", "a b", "", "$(touch x)", "../x"])
def test_a_base_that_is_no_name_reaches_no_shell(place: Place, ref: str) -> None:
    refused(place.bot("check", f"--base={ref}"), ExitCode.USAGE)


def test_a_shallow_clone_without_its_base_says_how_to_fetch_it(
    place: Place, tmp_path: Path
) -> None:
    place.write(SCRIPT, "SELECT 1;")
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message=two")
    origin = f"file://{place.root}"
    place.git("clone", "--quiet", "--depth=1", "--branch=more", origin, str(tmp_path / "shallow"))
    shallow = Place(tmp_path / "shallow")

    done = shallow.bot("check", "--base", "main")

    refused(done, ExitCode.USAGE, "a shallow clone without main", "`fetch-depth: 0`")


@pytest.mark.parametrize(
    "content",
    ["targets: [", "a: b: c", "\t- x", "&a [*a, *a", "!!python/object:os.system {}"],
)
def test_a_configuration_that_is_no_yaml_is_placed(place: Place, content: str) -> None:
    place.write(CONFIGURATION, content)

    refused(place.bot("check"), ExitCode.USAGE, f"{CONFIGURATION} is not YAML at line ")


def test_every_mistake_of_a_configuration_is_told_at_once(place: Place) -> None:
    place.write(
        CONFIGURATION,
        "postgress: 16\nmigrations: 3\ntargets:\n  prod: {kind: live, url_env: A-B, afer: x}\n",
    )

    done = place.bot("check")

    refused(done, ExitCode.USAGE, f"{CONFIGURATION} has 5 mistakes", "did you mean postgres?")
    refused(done, ExitCode.USAGE, "targets.prod.afer; did you mean after?", "migrations: ")
    refused(done, ExitCode.USAGE, "targets.prod.kind: ", "targets.prod.url_env: ")


def test_an_unknown_rule_is_refused_with_the_nearest(place: Place) -> None:
    place.write(CONFIGURATION, "rules: {index-create-blockin: error}\n")

    refused(place.bot("check"), ExitCode.USAGE, "did you mean index-create-blocking?")


def test_a_configuration_that_is_a_list_is_refused_in_plain_words(place: Place) -> None:
    place.write(CONFIGURATION, "- targets\n")

    refused(place.bot("check"), ExitCode.USAGE, "the file: should be a mapping of keys")


def test_a_configuration_that_cannot_be_read_is_not_taken_for_none(place: Place) -> None:
    place.write(CONFIGURATION, b"migrations: \xff\n")
    refused(place.bot("check"), ExitCode.USAGE, f"{CONFIGURATION} cannot be read: it is not UTF-8")

    (place.root / CONFIGURATION).unlink()
    (place.root / CONFIGURATION).mkdir()
    refused(place.bot("check"), ExitCode.USAGE, f"{CONFIGURATION} cannot be read: Is a directory")

    (place.root / CONFIGURATION).rmdir()
    (place.root / CONFIGURATION).symlink_to("/etc/hostname")
    refused(place.bot("check"), ExitCode.USAGE, "a link out of the checkout")


def test_a_configuration_that_was_named_must_be_there(place: Place) -> None:
    done = place.bot("--config", "nope.yml", "check")

    refused(done, ExitCode.USAGE, "nope.yml cannot be read: No such file")
