"""`audit` at a command line, on a real server."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, INIT, Place, refused

KEY = Ed25519PrivateKey.generate()
PRIVATE = base64.b64encode(KEY.private_bytes_raw()).decode()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
TARGETS = "targets: {development: {kind: development, url_env: DATABASE_URL, audit: {rows: true}}}"


@pytest.mark.slow
def test_a_rollout_is_written_down_and_what_was_changed_is_found(
    place: Place, database: str
) -> None:
    place.write(CONFIGURATION, TARGETS)
    place.write("public.key", PUBLIC)
    audit = place.root.parent / "audit.json"
    environ = {
        "DATABASE_URL": database,
        "MIGRATION_BOT_AUDIT": str(audit),
        "MIGRATION_BOT_AUDIT_KEY": PRIVATE,
    }
    done = place.bot("apply", "development", environ=environ)
    assert done.code == 0, done.said
    assert "not signed" not in done.said
    verify = ("audit", "verify", str(audit), "--key", "public.key")
    good = place.bot(*verify)
    assert (good.code, "unchanged" in good.out) == (0, True), good.said

    listed = place.bot("audit", "list", "development", environ=environ)
    assert "1 migration applied in development" in listed.out
    found = place.bot("audit", "list", "development", "--format", "json", environ=environ)
    (row,) = json.loads(found.out)["records"]
    assert row == json.loads(audit.read_text("utf-8"))
    assert row["record"]["migrations"][0]["name"] == INIT

    # A row can be checked as the file can.
    audit.write_text(json.dumps(row), "utf-8")
    assert place.bot(*verify).code == 0
    row["record"]["commit"] = "c" * 40
    audit.write_text(json.dumps(row), "utf-8")
    bad = place.bot(*verify, "--format", "json")
    assert bad.code == ExitCode.FINDINGS
    assert json.loads(bad.out)["problem"] == "it was changed after it was signed"

    # Nothing is pending any more, and the rows are nobody's drift.
    again = place.bot("apply", "development", environ=environ)
    assert again.code == 0, again.said


@pytest.mark.slow
def test_without_a_key_the_record_is_there_and_not_believed(place: Place, database: str) -> None:
    audit = place.root.parent / "audit.json"
    place.write("public.key", PUBLIC)
    environ = {"DATABASE_URL": database, "MIGRATION_BOT_AUDIT": str(audit)}
    done = place.bot("apply", "development", environ=environ)
    assert "MIGRATION_BOT_AUDIT_KEY is not set" in done.err
    refusal = place.bot("audit", "verify", str(audit), "--key", "public.key")
    assert (refusal.code, "it is not signed" in refusal.out) == (ExitCode.FINDINGS, True)
    listed = place.bot("audit", "list", "development", environ=environ)
    assert "development has no audit rows" in listed.out


def test_what_is_no_record_is_refused(place: Place) -> None:
    place.write("public.key", PUBLIC)
    place.write("other.json", "{}")
    done = place.bot("audit", "verify", "other.json", "--key", "public.key")
    refused(done, ExitCode.USAGE, "other.json is no audit record")
