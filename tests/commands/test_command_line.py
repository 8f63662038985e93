"""The command line itself: help, wrong arguments, streams, and the JSON it promises."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.cli import VERBS
from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, INIT, MORE, SCRIPT, Place, refused
from tests.sarif.schema import faults_of
from tests.shell import ROOT, Done, bot, command, environment

RISKY = "CREATE INDEX a_n ON a (id);\n"
SAFE = "CREATE TABLE b (id int PRIMARY KEY);\n"
PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_how_it_is_called(place: Place, verb: str) -> None:
    done = place.bot(verb, "--help")

    assert (done.code, done.err) == (0, "")
    assert re.search(rf"^ +migration-bot {verb}", done.out, re.MULTILINE), "an example"
    assert max(map(len, done.out.splitlines())) <= 80, "it fits a terminal"


def test_help_lists_every_verb_and_exit_code_and_needs_no_repository(tmp_path: Path) -> None:
    done = Place(tmp_path).bot("--help")

    assert done.code == 0
    assert all(f"  {verb} " in done.out for verb in VERBS)
    assert all(f" {code.value} " in done.out for code in ExitCode if code != ExitCode.INTERRUPTED)


def test_the_version_is_told(tmp_path: Path) -> None:
    assert re.fullmatch(
        r"migration-bot, version \d+\.\d+\.\d+\n", Place(tmp_path).bot("--version").out
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "Missing argument 'TARGET'"),
        (["aply", "staging"], "Did you mean `apply`?"),
        (["drop"], "There is no verb drop."),
        (["check", "--fromat", "json"], "No such option"),
        (["check", "--format", "xml"], "'xml' is not one of"),
        (["check", "--postgres-version", "9"], "9 is not in the range"),
        (["check", "--all", "--base", "main"], "--base and --all exclude each other"),
        (["check", "--rules", "nope,index-create-blocking"], "There is no rule nope"),
        (["check", "--rules", ","], "an empty list"),
        (["plan", "live"], "no target 'live'"),
        (["status", "staging", "live"], "no target 'live'"),
        (["rules", "nope"], "There is no rule nope"),
        (["github"], "runs inside GitHub Actions"),
        (["--config"], "requires an argument"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_arguments_end_with_one_message(
    place: Place, arguments: list[str], said: str
) -> None:
    refused(place.bot(*arguments), ExitCode.USAGE, said)


def test_no_verb_at_all_shows_the_help(place: Place) -> None:
    done = place.bot()

    assert done.code == ExitCode.USAGE
    assert done.err.startswith("Usage: migration-bot")


def test_findings_that_block_are_no_error(place: Place) -> None:
    blocked = place.check(RISKY)
    assert (blocked.code, blocked.err) == (ExitCode.FINDINGS, "")
    assert "index-create-blocking" in blocked.out

    place.write(CONFIGURATION, "rules: {index-create-blocking: warning}\n")
    warned = place.bot("check")
    assert (warned.code, warned.err) == (ExitCode.FINE, "")
    assert "warning index-create-blocking" in warned.out


def _valid(done: Done, contract: str) -> Mapping[str, object]:
    """Standard output as JSON that keeps the contract, and nothing else."""
    schema = json.loads((ROOT / "docs" / "reference" / f"{contract}.schema.json").read_text())
    report: Mapping[str, object] = json.loads(done.out)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(report)
    return report


@pytest.mark.parametrize("script", [SAFE, RISKY, "CREATE TABEL b;", "SELECT '\u202e\ufffe';"])
def test_what_check_promises_scripts_is_all_it_prints(place: Place, script: str) -> None:
    place.write(SCRIPT, script)

    report = _valid(place.bot("check", "--format", "json"), "check")

    assert [each["name"] for each in report["migrations"]] == [MORE]  # type: ignore[attr-defined]
    _valid(place.bot("check", "--all", "--format", "json"), "check")


@pytest.mark.parametrize(
    "script", [RISKY, "CREATE TABEL {0} [b](c);", 'VACUUM FULL "\ufffe[b](c)";']
)
def test_sarif_is_valid_whatever_is_in_the_file(place: Place, script: str) -> None:
    place.write(SCRIPT, script)
    done = place.bot("check", "--format", "sarif")

    log = json.loads(done.out)
    assert done.err == ""
    assert faults_of(log) == []
    assert log["runs"][0]["results"]


@pytest.mark.slow
def test_the_exit_codes_and_json_of_a_rollout(place: Place, database: str) -> None:
    """In one test, because each step begins where the one before ended."""
    urls = {"DATABASE_URL": database, "PRODUCTION_DATABASE_URL": f"{database}&schema=production"}
    target = ["development", "--format", "json"]
    plan = _valid(place.bot("plan", *target, environ=urls), "plan")
    assert place.bot("apply", "development", "--dry-run", environ=urls).code == 0
    _valid(place.bot("apply", *target, "--dry-run", environ=urls), "plan")

    other = place.bot("apply", *target, "--expect-digest", "sha256:0", environ=urls)
    refused(other, ExitCode.HISTORY, "not the one that was agreed to", str(plan["digest"]))
    closed = place.bot("apply", "production", environ=urls)
    refused(closed, ExitCode.GATE_CLOSED, "production is closed", "staging")
    forecast = place.bot("apply", "production", "--dry-run", environ=urls)
    assert forecast.code == ExitCode.GATE_CLOSED

    agreed = ["--expect-digest", str(plan["digest"])]
    done = place.bot("apply", *target, *agreed, environ=urls)
    assert done.code == 0, done.err
    assert _valid(done, "apply")["migrations"] == [INIT]
    assert _valid(place.bot("apply", *target, environ=urls), "apply")["migrations"] == []
    _valid(place.bot("status", "--format", "json", environ=urls), "status")

    place.write(f"prisma/migrations/{INIT}/migration.sql", SAFE)
    for arguments in (["plan", *target], ["apply", "--dry-run", *target], ["status", *target]):
        assert place.bot(*arguments, environ=urls).code == ExitCode.HISTORY
    edited = place.bot("apply", "development", environ=urls)
    refused(edited, ExitCode.HISTORY, f"{INIT} was edited after it was applied")


def test_a_narrow_terminal_is_not_overrun(place: Place) -> None:
    place.write(SCRIPT, RISKY)
    done = place.bot("check", environ={"COLUMNS": "40"})

    pasted = SCRIPT, "  migration-bot ", "  -- migration-bot: allow ", "  sql: ", "       "
    prose = [line for line in done.out.splitlines() if not line.startswith(pasted)]
    assert max(map(len, prose)) <= 40


def test_colour_is_for_those_who_want_it(place: Place) -> None:
    place.write(SCRIPT, RISKY)
    wanted = {"FORCE_COLOR": "1"}

    assert "\x1b[" in place.bot("check", environ=wanted).out
    assert "\x1b[" not in place.bot("check").out
    assert "\x1b[" not in place.bot("check", environ={**wanted, "NO_COLOR": "1"}).out
    assert "\x1b[" not in place.bot("--no-color", "check", environ=wanted).out


def test_a_locale_without_utf8_loses_signs_and_nothing_else(place: Place) -> None:
    place.write(SCRIPT, 'CREATE INDEX "größe" ON a (id); -- 世界\n')

    done = place.bot("check", environ=PLAIN_C)
    assert done.code == ExitCode.FINDINGS
    assert done.said.isascii()
    assert place.bot("--help", environ=PLAIN_C).code == 0
    refused(place.bot("check", "--base", "größe", environ=PLAIN_C), ExitCode.USAGE)
    _valid(place.bot("check", "--format", "json", environ=PLAIN_C), "check")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_neither_verdict_nor_files(place: Place, closed: str) -> None:
    place.write(SCRIPT, RISKY)

    done = _in_shell(f'exec "$@" {closed}', place, "check")

    assert done.returncode == ExitCode.FINDINGS
    assert "Traceback" not in done.stderr


def test_a_reader_who_leaves_early_changes_nothing(place: Place) -> None:
    place.write(SCRIPT, "".join(f"DROP TABLE t{n};\n" for n in range(2_000)))

    done = _in_shell('"$@" | head -1; exit "${PIPESTATUS[0]}"', place, "check", "--no-rehearsal")

    assert done.returncode == ExitCode.FINDINGS
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk to write on")
def test_a_result_that_cannot_be_written_is_told(place: Place) -> None:
    done = _in_shell('exec "$@" >/dev/full', place, "check")

    assert done.returncode == ExitCode.USAGE
    assert "error: The result could not be written: No space left on device." in done.stderr
    assert "Traceback" not in done.stderr


def _in_shell(script: str, place: Place, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", script, "bash", *command(*arguments)],
        cwd=place.root,
        env=environment(),
        capture_output=True,
        text=True,
    )


def test_verbose_says_where_an_error_came_from_and_still_ends_with_advice(tmp_path: Path) -> None:
    quiet = bot("plan", "staging", cwd=tmp_path)
    verbose = bot("--verbose", "plan", "staging", cwd=tmp_path)

    assert "Traceback" not in quiet.err
    assert "Traceback" in verbose.err
    assert verbose.err.rstrip().splitlines()[-1].startswith("hint:")
    assert verbose.code == quiet.code
