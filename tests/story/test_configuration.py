"""The configuration is the base branch's: a pull request has no say in how it is judged."""

import pytest

from tests.story.stage import COUNTRY, HARMLESS, INDEX, RISKY, SHOP, Stage, script

CONFIG = ".github/migration-bot.yml"
LENIENT = """\
targets:
  staging:    {kind: staging, url_env: STAGING_DATABASE_URL}
  production: {kind: production, url_env: PRODUCTION_DATABASE_URL, after: staging, approvals: 0}
rules: {index-create-blocking: off}
"""
STRICT = LENIENT.replace("approvals: 0", "approvals: 2").replace("rules", "# rules")


@pytest.mark.slow
@pytest.mark.parametrize(
    "merged",
    [{}, pytest.param({CONFIG: STRICT}, marks=pytest.mark.slow)],
    ids=["none on main", "one on main"],
)
def test_a_pull_request_cannot_lower_its_own_bar(stage: Stage, merged: dict[str, str]) -> None:
    if merged:
        stage.hub.push(SHOP, "main", merged, author="grace")
    job = stage.check(stage.propose({script(INDEX): RISKY, CONFIG: LENIENT}))
    assert job.status == 1
    assert "index-create-blocking" in stage.comment()
    assert f"0 of {2 if merged else 1} needed" in stage.comment()


@pytest.mark.slow
def test_a_broken_configuration_in_a_pull_request_breaks_nothing(stage: Stage) -> None:
    job = stage.check(stage.propose({script(COUNTRY): HARMLESS, CONFIG: "rules: [\n"}))
    assert job.status == 0


@pytest.mark.slow
def test_once_it_is_merged_a_configuration_counts(stage: Stage) -> None:
    stage.hub.push(SHOP, "main", {CONFIG: LENIENT}, author="grace")
    job = stage.check(stage.propose({script(INDEX): RISKY}))
    assert job.status == 0
    assert "index-create-blocking" not in stage.comment()
