import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.config import json_schema, read_settings
from bot.core.finding import Severity
from bot.core.settings import Settings
from bot.core.sizes import Thresholds
from bot.core.target import BackupPolicy, Kind
from bot.errors import UsageError

FULL = """
migrations: db/prisma/migrations
postgres: 16
prisma: "6.19"
targets:
  staging:    {kind: staging, url_env: STAGING_DATABASE_URL}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    approvals: 2
    approvers: [grace, linus]
    lock_timeout: 50
    backup: {directory: /backups}
rules:
  index-drop-blocking: error
  column-dropped: "off"
"""
RULES = frozenset({"index-drop-blocking", "column-dropped"})


def read(text: str) -> Settings:
    return read_settings(text, path="bot.yml", rules=RULES)


def mistakes(text: str) -> str:
    with pytest.raises(UsageError) as error:
        read(text)
    return error.value.message


def test_a_full_file_is_understood() -> None:
    settings = read(FULL)
    production = settings.target("production")

    assert settings.folder == "db/prisma/migrations"
    assert settings.postgres == 16
    assert settings.severities == {"index-drop-blocking": Severity.ERROR, "column-dropped": None}
    assert production.kind is Kind.PRODUCTION
    assert production.approvers == ("grace", "linus")
    assert production.backup == BackupPolicy(required=True, directory="/backups")


def test_thresholds_of_sizes_are_read_in_decimal_units() -> None:
    settings = read("stats: {file: .github/sizes.json, small: 64kB, large: 1.5 GB}")

    assert settings.sizes_file == ".github/sizes.json"
    assert settings.thresholds == Thresholds(small=64_000, large=1_500_000_000)
    assert read("stats: {}") == Settings()


def test_off_needs_no_quotes() -> None:
    """YAML 1.1 takes it for false, and nobody remembers that."""
    assert read("rules: {column-dropped: off}").severities == {"column-dropped": None}
    assert "rules.column-dropped" in mistakes("rules: {column-dropped: on}")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_means_every_default(text: str) -> None:
    assert read(text) == Settings()


def test_production_needs_an_approval_and_a_backup_unless_said_otherwise() -> None:
    settings = read("targets: {live: {kind: production, url_env: LIVE_URL}}")

    assert settings.target("live").approvals == 1
    assert settings.target("live").backup.required


def test_an_approval_may_be_waived_in_writing() -> None:
    settings = read("targets: {live: {kind: production, url_env: LIVE_URL, approvals: 0}}")

    assert settings.target("live").approvals == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("migration: x", "unknown key migration; did you mean migrations?"),
        ("targets: {a: {kind: staging, url: X}}", "unknown key targets.a.url; did you mean"),
        ("targets: {a: {kind: stagin, url_env: X}}", "targets.a.kind"),
        ("targets: {a: {kind: staging}}", "targets.a.url_env: field required"),
        ("targets: {a: {kind: staging, url_env: X, after: b}}", "there is no target b"),
        ("targets: {a: {kind: staging, url_env: X, after: a}}", "round in a circle"),
        ("rules: {index-drop-block: error}", "did you mean index-drop-blocking?"),
        ("rules: {column-dropped: loud}", "rules.column-dropped"),
        ("postgres: 9", "postgres"),
        ("postgres: '18'", "postgres"),
        ("a: b: c", "is not YAML at line 1, column 5"),
        ("stats: {large: many}", "stats.large: string should match"),
        ("stats: {small: 1 GB}", "stats.small: 1 GB is more than stats.large, 500 MB"),
        ("stats: {fil: a.json}", "unknown key stats.fil; did you mean file?"),
        ("- a", "bot.yml has a mistake"),
        ("targets: {a: {kind: production, url_env: X, backup: {required: false}}}", "never"),
    ],
)
def test_a_mistake_is_named_at_its_place(text: str, says: str) -> None:
    assert says in mistakes(text)


def test_all_mistakes_are_reported_together() -> None:
    told = mistakes("colour: red\npostgres: 9\ntargets: {a: {kind: x, url_env: Y}}")

    assert "has 3 mistakes" in told
    assert all(place in told for place in ("colour", "postgres", "targets.a.kind"))


def test_a_connection_string_in_the_wrong_place_is_not_repeated() -> None:
    told = mistakes("targets: {a: {kind: staging, url_env: 'postgresql://u:hunter2@h/d'}}")

    assert "targets.a.url_env" in told
    assert "hunter2" not in told


def test_a_target_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(UsageError) as error:
        Settings().target("prod")

    assert "development, staging, production" in error.value.hint


def test_the_rollout_order_follows_after_and_leaves_development_out() -> None:
    text = """
    targets:
      production: {kind: production, url_env: A, after: staging}
      laptop: {kind: development, url_env: B}
      staging: {kind: staging, url_env: C}
    """

    assert [target.name for target in read(text).rollout_order] == ["staging", "production"]


def test_the_published_schema_is_current_and_accepts_the_full_file() -> None:
    published = Path(__file__).parents[1].joinpath("docs/reference/configuration.schema.json")

    assert json.loads(published.read_text()) == json_schema(), "run `make docs`"
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(yaml.safe_load(FULL))


@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_a_clear_refusal(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(read(text), Settings)
