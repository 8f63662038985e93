"""Those whose approval production waits for are asked for a review, each once."""

import pytest

from bot.demo.hub.records import PullRequest
from tests.story.stage import COUNTRY, HARMLESS, INDEX, MENDED, RISKY, SHOP, Stage, script

CONFIGURATION = """
targets:
  staging: {kind: staging, url_env: STAGING_DATABASE_URL}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    approvals: 1
    approvers: [ada, grace, nobody]
"""


def asked(pull: PullRequest) -> list[str]:
    return [each.login for each in pull.requested_reviewers]


@pytest.mark.soak
@pytest.mark.slow
def test_they_are_asked_once_there_is_something_to_approve(stage: Stage) -> None:
    given = {".github/migration-bot.yml": CONFIGURATION}
    stage.hub.push(SHOP, "main", given, author="grace")
    stage.check(stage.propose({script(INDEX): RISKY}))
    assert asked(stage.pull(1)) == []

    job = stage.check(stage.push({script(INDEX): MENDED}))
    assert asked(stage.pull(1)) == ["grace"]
    assert "not asked to review #1: nobody." in job.log

    stage.hub.withdraw_request(SHOP, 1, author="ada", reviewer="grace")
    stage.check(stage.push({script(COUNTRY): HARMLESS}))
    assert asked(stage.pull(1)) == []


@pytest.mark.soak
@pytest.mark.slow
def test_where_nobody_is_named_nobody_is_asked(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    assert asked(stage.pull(1)) == []
    assert not [each for each in stage.hub.calls if "requested_reviewers" in each.path]
