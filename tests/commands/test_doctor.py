"""doctor, called as a person would."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.demo.hub import Hub
from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, INIT, LOCK, Place, refused
from tests.hub import SHOP
from tests.shell import ROOT

PASSWORD = "tiger77-canary"
NOBODY = f"postgresql://ada:{PASSWORD}@127.0.0.1:1/app"


def doctor(
    place: Place, *names: str, code: int = 0, **environ: str
) -> dict[tuple[str, str], dict[str, Any]]:
    """The checks by their group and name, of JSON that keeps its contract; `variables` is that of
    the last target."""
    done = place.bot("doctor", *names, "--format", "json", environ=environ)
    assert done.code == code, done.said
    assert PASSWORD not in done.said
    found = json.loads(done.out)
    schema = json.loads((ROOT / "docs/reference/doctor.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(found)
    assert found["fine"] is (code == 0)
    for group in found["groups"]:
        for each in group["checks"]:
            assert each["advice"] or each["state"] in ("pass", "skipped"), each
    return {
        (group["name"] or group["kind"], each["check"]): each
        for group in found["groups"]
        for each in group["checks"]
    }


def states(found: dict[tuple[str, str], dict[str, Any]], state: str) -> set[tuple[str, str]]:
    return {key for key, each in found.items() if each["state"] == state}


def test_a_repository_in_order_is_fine_without_any_variable(place: Place) -> None:
    found = doctor(place)
    assert states(found, "fail") == set()
    assert found["checkout", "folder"]["message"] == f"1 migration in {FOLDER}."
    assert found["configuration", "variables"]["state"] == "skipped"
    assert not [name for name, _ in found if name in ("staging", "production")]


def test_it_is_read_at_a_glance_and_tells_what_to_do(place: Place) -> None:
    (place.root / LOCK).unlink()
    done = place.bot("doctor")
    assert done.code == ExitCode.FINDINGS
    assert "fail     There is no migration_lock.toml: Prisma wants one. (lock-file)" in done.out
    told = " ".join(done.out.split())
    assert f'do: Write `provider = "postgresql"` into {LOCK}, and commit it.' in told
    assert "1 thing must be mended, " in done.out.splitlines()[-1]
    assert "\x1b" not in done.out


def test_a_configuration_with_mistakes_does_not_hide_the_rest(place: Place) -> None:
    place.write(CONFIGURATION, "colour: 1\ntargets: {staging: {kind: stagin}}\n")
    found = doctor(place, code=1, DATABASE_URL=NOBODY)
    assert states(found, "fail") == {("configuration", "configuration")}
    assert "unknown key colour" in found["configuration", "configuration"]["message"]
    assert found["checkout", "folder"]["state"] == "pass"
    assert found["machine", "python"]["state"] == "pass"


def test_a_place_without_migrations_is_told(place: Place) -> None:
    found = doctor(Place(place.root / "prisma"), code=0)
    assert found["checkout", "folder"]["state"] == "pass"
    place.write(CONFIGURATION, "migrations: db/migrations\n")
    found = doctor(place, code=1)
    assert states(found, "fail") == {("checkout", "folder")}


def test_a_target_that_is_asked_for_must_be_set_and_be_there(place: Place) -> None:
    done = place.bot("doctor", "staging")
    assert done.code == ExitCode.FINDINGS
    assert "fail     STAGING_DATABASE_URL is not set" in done.out
    assert "skipped  DATABASE_URL is not set" in done.out
    refused(place.bot("doctor", "stagin"), ExitCode.USAGE, "There is no target 'stagin'")


def test_one_that_does_not_answer_is_told_beside_the_others(place: Place) -> None:
    found = doctor(place, code=1, STAGING_DATABASE_URL=NOBODY, PRODUCTION_DATABASE_URL=NOBODY)
    assert states(found, "fail") == {
        ("configuration", "same-database"),
        ("staging", "reachable"),
        ("production", "reachable"),
    }
    assert "postgresql://127.0.0.1:1/app" in found["staging", "reachable"]["message"]
    assert found["staging", "backup-store"]["state"] == "pass"


def test_line_ends_that_git_changed_fail(place: Place) -> None:
    place.git("config", "core.autocrlf", "true")
    place.write(f"{FOLDER}/{INIT}/migration.sql", "CREATE TABLE a (id int PRIMARY KEY);\r\n")
    found = doctor(place, code=1)
    assert states(found, "fail") == {("checkout", "line-ends")}

    place.git("checkout", "--", ".")
    place.git("config", "core.autocrlf", "input")
    place.write(f"{FOLDER}/{INIT}/migration.sql", "CREATE TABLE a (id int PRIMARY KEY);\n")
    assert doctor(place)["checkout", "line-ends"]["state"] == "warn"
    place.write(".gitattributes", f"{FOLDER}/** -text\n")
    assert doctor(place)["checkout", "line-ends"]["state"] == "pass"


def test_a_clone_without_its_history_is_told(place: Place, tmp_path: Path) -> None:
    place.git("commit", "--quiet", "--allow-empty", "--message=two")
    place.git("clone", "--quiet", "--depth=1", f"file://{place.root}", str(tmp_path / "shallow"))
    found = doctor(Place(tmp_path / "shallow"))
    assert found["checkout", "clone"]["state"] == "warn"
    assert found["checkout", "base"]["message"] == "A check compares with origin/more."


def test_a_repository_without_a_base_is_told(place: Place) -> None:
    place.git("branch", "--quiet", "--delete", "main")
    assert states(doctor(place, code=1), "fail") == {("checkout", "base")}


def test_every_width_keeps_its_lines(place: Place) -> None:
    for width in (40, 80, 120, 200):
        done = place.bot("doctor", environ={"COLUMNS": str(width), "STAGING_DATABASE_URL": NOBODY})
        # A name, an address or a command is not cut in two.
        words = [re.sub(r"`[^`]*`", "`", each.strip()) for each in done.out.splitlines()]
        lines = zip(done.out.splitlines(), words, strict=True)
        assert [line for line, said in lines if len(line) > width and " " in said] == []
        assert PASSWORD not in done.said


@pytest.mark.slow
def test_a_real_target_is_looked_at_and_left_as_it_was(place: Place, database: str) -> None:
    found = doctor(place, "staging", STAGING_DATABASE_URL=database)
    assert found["staging", "reachable"]["state"] == "pass"
    assert found["staging", "superuser"]["state"] == "warn"
    assert states(found, "fail") == set()
    assert not (place.root / ".migration-bot").exists()
    again = place.bot("identity", "staging", environ={"STAGING_DATABASE_URL": database})
    assert "mark               none" in again.out


@pytest.mark.slow
def test_a_store_is_tried_and_left_as_it_was(place: Place, database: str) -> None:
    place.write(
        CONFIGURATION,
        "targets:\n  staging: {kind: staging, url_env: STAGING, backup: {directory: b}}\n",
    )
    (place.root / "b").mkdir()
    found = doctor(place, STAGING=database)
    message = found["staging", "backup-store"]["message"]
    assert message.endswith("What was written to see that is removed.")
    assert list((place.root / "b").iterdir()) == []


def test_github_is_asked_where_a_token_is(place: Place, hub: Hub) -> None:
    hub.state.repository(SHOP).required_checks = ("Migrations",)
    reads = {"contents": "read", "pull_requests": "read", "actions": "read"}
    token = hub.token(permissions=reads)
    where = {"GITHUB_REPOSITORY": SHOP, "GITHUB_API_URL": hub.api_url}

    found = doctor(place, code=0, **where, GITHUB_TOKEN=token)
    assert found["github", "required-check"]["state"] == "pass"
    assert "no environment staging" in found["github", "environments"]["message"]
    assert "deployments: read" in found["github", "token"]["message"]
    assert token not in json.dumps(list(found.values()))

    wrong = doctor(place, code=1, **where, GITHUB_TOKEN="tiger77-no-token")
    assert states(wrong, "fail") == {("github", "token")}
    assert "renew GITHUB_TOKEN" in wrong["github", "token"]["advice"]
    assert "tiger77" not in json.dumps(list(wrong.values()))
