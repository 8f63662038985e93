"""Connection strings and tokens are read by nobody but the two ends.

Every story of this folder ends with the same search (see conftest.py); these look for trouble.
"""

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.story.conftest import PASSWORDS, leaks
from tests.story.stage import COUNTRY, HARMLESS, Stage, script

Spoil = Callable[[str], str]


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
    pytest.param(with_unknown_database, marks=pytest.mark.slow),
    pytest.param(with_unreadable_port, marks=pytest.mark.slow),
    pytest.param(with_unknown_setting, marks=pytest.mark.slow),
]


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
