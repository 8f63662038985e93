"""The record of a rollout: kept by the workflow as it ships, and checked by the verb."""

import io
import json
import subprocess
import sys
import zipfile
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.harness import Interruption
from tests.story.stage import COUNTRY, HARMLESS, SHOP, TARGETS, Stage, script

pytestmark = pytest.mark.slow

FIRST = "20240301000000_add_country_first"
# In the target, and not where the plan is tried before.
SLOW = "SELECT pg_sleep(600) WHERE current_database() = 'staging';\n"


def keys(stage: Stage) -> None:
    """A pair as the documentation makes it: one half in the environments, one in a file."""
    private = Ed25519PrivateKey.generate()
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    secret = private.private_bytes(*form).decode()
    stage.more_secrets["MIGRATION_BOT_AUDIT_KEY"] = secret
    stage.secrets |= {secret, secret.splitlines()[1]}
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (stage.folder / "audit-key.pub").write_bytes(public)


def records(stage: Stage) -> dict[str, Any]:
    """What the runs have kept, by the names of the artifacts."""
    found = {}
    for artifact in stage.hub.repository(SHOP).artifacts.values():
        with zipfile.ZipFile(io.BytesIO(artifact.octets)) as kept:
            assert kept.namelist() == ["audit.json"]
            found[artifact.name] = json.loads(kept.read("audit.json"))
    return found


def verified(stage: Stage, sealed: Any) -> tuple[int, str]:
    """What `audit verify` ends with, and says."""
    (stage.folder / "fetched.json").write_text(json.dumps(sealed), "utf-8")
    command = [sys.executable, "-m", "bot", "audit", "verify", "fetched.json"]
    environ = {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*command, "--key", "audit-key.pub"],
        cwd=stage.folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_rollout_leaves_a_record_that_can_be_believed(stage: Stage) -> None:
    keys(stage)
    run = stage.deploy(push := stage.merged({script(COUNTRY): HARMLESS}))
    assert run.conclusion == "success"
    found = records(stage)
    assert list(found) == ["migration-audit-staging-1", "migration-audit-production-1"]
    for name, sealed in zip(("staging", "production"), found.values(), strict=True):
        record = sealed["record"]
        assert (record["target"]["name"], record["commit"]) == (name, push.sha)
        assert [each["name"] for each in record["migrations"]] == [COUNTRY]
        assert verified(stage, sealed)[0] == 0
        assert "not signed" not in run.jobs[name].log
    record["migrations"][0]["name"] = "20240302000000_something_else"
    code, said = verified(stage, sealed)
    assert (code, "it was changed after it was signed" in said) == (1, True)


@pytest.mark.soak
def test_without_a_key_it_is_there_unsigned_and_nobody_is_led_to_believe_it(stage: Stage) -> None:
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    sealed = records(stage)["migration-audit-staging-1"]
    assert sealed["signature"] is None
    assert sealed["record"]["outcome"]["state"] == "applied"
    assert "The audit record is not signed: MIGRATION_BOT_AUDIT_KEY" in run.jobs["staging"].log
    keys(stage)
    code, said = verified(stage, sealed)
    assert (code, "it is not signed" in said) == (1, True)


@pytest.mark.soak
def test_a_gate_that_held_a_rollout_up_is_on_record_and_an_empty_plan_is_not(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS}, approve=False)
    assert stage.deploy(push).jobs["production"].status == 3
    closed = records(stage)["migration-audit-production-1"]["record"]
    assert (closed["outcome"]["state"], closed["outcome"]["code"]) == ("closed", 3)
    assert any(gate["name"] == "approval" and not gate["open"] for gate in closed["gates"])
    number = len(records(stage))
    assert stage.deploy(stage.dispatch("staging")).conclusion == "success"
    assert len(records(stage)) == number


@pytest.mark.soak
def test_a_second_attempt_keeps_a_record_of_its_own(stage: Stage) -> None:
    stage.query("staging", 'ALTER TABLE "Order" RENAME TO "Orders"')
    push = stage.merged({script(COUNTRY): HARMLESS})
    assert stage.deploy(push, run_id=900).jobs["staging"].status == 4
    stage.query("staging", 'ALTER TABLE "Orders" RENAME TO "Order"')
    assert stage.deploy(push, run_id=900, attempt=2).conclusion == "success"
    states = {name: each["record"]["outcome"]["state"] for name, each in records(stage).items()}
    assert states == {
        "migration-audit-staging-1": "failed",
        "migration-audit-staging-2": "applied",
        "migration-audit-production-2": "applied",
    }


@pytest.mark.soak
def test_a_rollout_that_is_cancelled_keeps_what_it_had_done(stage: Stage) -> None:
    push = stage.merged({script(FIRST): HARMLESS, script(COUNTRY): SLOW})
    stage.interruption = Interruption(
        "staging", "Apply to staging", once=lambda: stage.applied("staging") == [FIRST]
    )
    run = stage.deploy(push)
    assert run.conclusion == "cancelled"
    assert "it goes on where this one stopped" in run.jobs["staging"].log
    (record,) = (each["record"] for each in records(stage).values())
    assert record["outcome"]["state"] == "failed"
    assert [each["applied"] for each in record["migrations"]] == [True, False]


@pytest.mark.soak
def test_a_record_that_cannot_be_kept_changes_nothing_of_the_rollout(stage: Stage) -> None:
    stage.artifacts_refused = True
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    assert run.conclusion == "success"
    assert records(stage) == {}
    assert [stage.applied(name) for name in TARGETS] == [[COUNTRY], [COUNTRY]]
