"""Connection strings and tokens are read by nobody but the two ends.

Every story of this folder ends with the same search (see conftest.py); these look for trouble.
"""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.scripted import Scripted, answer, scripted
from tests.story.conftest import PASSWORDS, leaks
from tests.story.stage import COUNTRY, HARMLESS, INDEX, SHOP, Stage, script

Spoil = Callable[[str], str]
ROW = "row-canary@example.com"


def with_wrong_password(url: str) -> str:
    return url.replace("canary", "wr0ng-canary")


def with_unknown_database(url: str) -> str:
    return url.rpartition("/")[0] + "/nowhere"


def with_closed_port(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:9"))


def with_unreadable_port(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:canary-port"))


def with_unknown_setting(url: str) -> str:
    return f"{url}?options=-c%20canary_setting%3D1"


SPOILT = [
    with_wrong_password,
    with_closed_port,
    pytest.param(with_unknown_database, marks=[pytest.mark.slow, pytest.mark.soak]),
    pytest.param(with_unreadable_port, marks=[pytest.mark.slow, pytest.mark.soak]),
    pytest.param(with_unknown_setting, marks=pytest.mark.slow),
]


@pytest.mark.slow
@pytest.mark.parametrize("spoil", SPOILT, ids=lambda each: each.__name__)
def test_a_database_that_is_not_reached_tells_nothing_of_its_address(
    stage: Stage, spoil: Spoil
) -> None:
    stage.urls["staging"] = spoil(stage.urls["staging"])
    stage.secrets |= {stage.urls["staging"], "wr0ng-canary"}
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    job = run.jobs["staging"]
    assert job.status in (2, 4), job.log
    assert "error: " in job.log
    assert "hint:  " in job.log
    assert "canary" not in job.log
    assert "### 🔴 Failed in staging" in stage.comment()


def test_a_migration_cannot_read_its_own_connection_string_out(stage: Stage) -> None:
    """What a statement raises goes into the log, the comment and the deployment."""
    password = PASSWORDS["staging"].replace("'", "''")
    sql = f"DO $$ BEGIN RAISE EXCEPTION 'it is {password}, {stage.urls['staging']}'; END $$;\n"
    sql = sql.replace("%", "%%")
    run = stage.deploy(stage.merged({script(COUNTRY): sql}))
    assert run.jobs["staging"].status == 4
    assert "it is" in run.jobs["staging"].log
    assert "[redacted]" in run.jobs["staging"].log
    assert "[redacted]" in stage.deployments("staging")[-1].statuses[-1].description
    assert "redacted" in stage.comment()


@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        'CREATE UNIQUE INDEX "Order_note_key" ON "Order"("note");\n',
        'ALTER TABLE "Order" ALTER COLUMN "note" TYPE INTEGER USING "note"::INTEGER;\n',
        'ALTER TABLE "Order" ADD CONSTRAINT "short" CHECK (length(note) < 3);\n',
    ],
    ids=["twice", "no number", "too long"],
)
def test_a_row_that_stands_in_the_way_is_quoted_nowhere(stage: Stage, sql: str) -> None:
    """The server says which row it is: in the log, the comment and GitHub that would be for all."""
    stage.query("staging", f"""INSERT INTO "Order" (note) VALUES ('{ROW}'), ('{ROW}')""")
    stage.secrets.add(ROW)
    run = stage.deploy(stage.merged({script(COUNTRY): sql}))
    assert run.jobs["staging"].status == 4
    assert "### 🔴 Failed in staging" in stage.comment()
    assert "hint:  " in run.jobs["staging"].log
    assert ROW not in stage.comment()


WORKFLOW = """\
name: Deploy and tell
on:
  push:
    branches: [main]
permissions: {}
jobs:
  staging:
    runs-on: ubuntu-24.04
    environment:
      name: staging
    permissions:
      contents: read
      pull-requests: write
      deployments: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: ./
        with:
          target: staging
          audit: ${{ runner.temp }}/audit.json
        env:
          STAGING_DATABASE_URL: ${{ secrets.STAGING_DATABASE_URL }}
          ROOM_ADDRESS: ${{ secrets.ROOM_ADDRESS }}
          CARD_ADDRESS: ${{ secrets.CARD_ADDRESS }}
          HOOK_ADDRESS: ${{ secrets.HOOK_ADDRESS }}
          HOOK_SIGNING: ${{ secrets.HOOK_SIGNING }}
          MIGRATION_BOT_AUDIT_KEY: ${{ secrets.MIGRATION_BOT_AUDIT_KEY }}
"""
# Its 32 bytes are those of a private key.
KEY = base64.b64encode(b"canary key of thirty-two bytes!!").decode()
CONFIGURATION = """\
targets:
  staging:
    kind: staging
    url_env: STAGING_DATABASE_URL
    audit: {rows: true}
notify:
  - {kind: slack, url_env: ROOM_ADDRESS}
  - {kind: teams, url_env: CARD_ADDRESS}
  - {kind: webhook, url_env: HOOK_ADDRESS, secret_env: HOOK_SIGNING}
"""


@pytest.mark.slow
def test_neither_a_chat_room_nor_a_record_learns_of_a_secret(stage: Stage, tmp_path: Path) -> None:
    """A migration raises all there is to tell: it goes into each message, the file and the row."""
    workflow = tmp_path / "deploy-and-tell.yml"
    workflow.write_text(WORKFLOW, "utf-8")
    answers = [answer(200, "ok")] * 20
    with scripted(*answers) as room, scripted(*answers) as card, scripted(*answers) as hook:
        stage.more_secrets |= {
            "ROOM_ADDRESS": f"{room.url}/services/canary-room",
            "CARD_ADDRESS": f"{card.url}/canary-card",
            "HOOK_ADDRESS": f"{hook.url}/canary-hook",
            "HOOK_SIGNING": "canary-signing",
            "MIGRATION_BOT_AUDIT_KEY": KEY,
        }
        known = [PASSWORDS["staging"], stage.urls["staging"], *stage.more_secrets.values()]
        stage.secrets |= set(known)
        said = ", ".join(known).replace("'", "''")
        sql = f"DO $$ BEGIN RAISE EXCEPTION 'it is {said}'; END $$;\n".replace("%", "%%")
        more = 'ALTER TABLE "Order" ADD COLUMN "extra" TEXT;\n'
        stage.hub.push(SHOP, "main", {".github/migration-bot.yml": CONFIGURATION}, author="grace")
        push = stage.merged({script(INDEX): more, script(COUNTRY): sql})
        job = stage.run(workflow, push).jobs["staging"]
    assert job.status == 4, job.log
    assert stage.applied("staging") == [INDEX]
    found = told(stage, {"room": room, "card": card, "hook": hook})
    assert set(found) == {"room", "card", "hook", "row", "file"}
    for where, text in found.items():
        assert "it is [redacted]" in text, where
        assert "canary" not in text, where
        assert [each for each in stage.secrets if each in text] == [], where
    assert json.loads(found["file"])["signature"]["algorithm"] == "Ed25519"


def told(stage: Stage, rooms: Mapping[str, Scripted]) -> dict[str, str]:
    """What was said to each, what is in the file and the row."""
    found = {name: b"".join(room.bodies).decode() for name, room in rooms.items() if room.bodies}
    for path in stage.folder.rglob("audit.json"):
        found["file"] = path.read_text("utf-8")
    for (record,) in stage.query("staging", "SELECT record::text FROM migration_bot.audit"):
        found["row"] = record
    return found


def test_the_search_for_secrets_finds_one(stage: Stage) -> None:
    """A search that cannot find anything would be no proof."""
    stage.propose({script(COUNTRY): HARMLESS})
    stage.check(stage.hub.events[-1])
    assert leaks(stage) == []
    stage.secrets.add(COUNTRY)
    found = leaks(stage)
    stage.secrets.remove(COUNTRY)
    assert any("summary of check" in where for where in found)
    assert any("POST" in where for where in found)
