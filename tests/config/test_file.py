import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.config.databases import json_schema
from bot.config.file import read_settings
from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers
from bot.core.backups.policy import BackupPolicy
from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule
from bot.core.options import option
from bot.core.rehearsals.sizes import Thresholds
from bot.core.settings import Settings, default_targets
from bot.core.targets.identity import Pin
from bot.core.targets.target import Kind, ReplicaPolicy
from bot.errors import UsageError
from bot.rules.columns import column_dropped
from bot.rules.indexes import index_drop_blocking

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
    direct_url_env: PRODUCTION_DIRECT_URL
    identity: {system_identifier: "7389", database: shop, host: db.example}
    replicas: {lag: 5000, behind: 64 MB}
    rewrite_limit: 20 GB
rules:
  index-drop-blocking: error
  column-dropped: "off"
  names:
    severity: warning
    exclude: {migrations: ["2023*"], tables: ["public.audit_*"]}
    options: {columns: "[a-z]+", most: 5}
baseline: 20240101000000_init
"""


@dataclass(frozen=True)
class Options:
    columns: re.Pattern[str] | None = option(None, "What columns are named like.")
    most: int = option(3, "How many there may be.", least=1)
    required: tuple[str, ...] = option((), "Those that must be there.")
    owners: Mapping[str, str] = option({}, "Who owns what.")
    strict: bool = option(False, "Whether it matters.")


class Names:
    """A rule with options that finds nothing without any, and is off by itself."""

    __name__ = "rules.names"
    SEVERITY = None
    FIX = "Rename it."
    OPTIONS = Options()
    NEEDS_OPTIONS = True


RULES: list[Rule] = [index_drop_blocking, column_dropped, Names()]


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
    assert settings.severities == {
        "index-drop-blocking": Severity.ERROR,
        "column-dropped": None,
        "names": Severity.WARNING,
    }
    assert settings.exclusions == {"names": Exclusion(("2023*",), ("public.audit_*",))}
    assert settings.options == {"names": Options(columns=re.compile("[a-z]+"), most=5)}
    assert settings.baseline == "20240101000000_init"
    assert production.kind is Kind.PRODUCTION
    assert production.approval == ApprovalPolicy.of(2, Approvers(users=("grace", "linus")))
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
        ("rehearsal: {sead: a}", "unknown key rehearsal.sead; did you mean seed?"),
        ("targets: {backup: {approval: 1}}", "targets.backup.approval; did you mean approvals?"),
        ("targets: {a: {identity: {hots: b}}}", "targets.a.identity.hots; did you mean host?"),
        ("targets: {a: {fleet: {waves: [{shar: 1}]}}}", "waves.0.shar; did you mean share?"),
        ("migration: x", "unknown key migration; did you mean migrations?"),
        ("targets: {a: {kind: staging, url: X}}", "unknown key targets.a.url; did you mean"),
        ("targets: {a: {kind: stagin, url_env: X}}", "targets.a.kind"),
        ("targets: {a: {kind: staging}}", "targets.a.url_env: field required"),
        ("targets: {a: {kind: staging, url_env: X, after: b}}", "there is no target b"),
        ("targets: {a: {kind: staging, url_env: X, after: a}}", "round in a circle"),
        ("rules: {index-drop-block: error}", "did you mean index-drop-blocking?"),
        ("rules: {column-dropped: loud}", "rules.column-dropped.severity: input should be 'off'"),
        ("rules: {column-dropped: 3}", "rules.column-dropped: should be a mapping of keys"),
        ("rules: {column-dropped: {severty: error}}", "did you mean severity?"),
        ("rules: {column-dropped: {exclude: {table: [a]}}}", "did you mean tables?"),
        ("rules: {column-dropped: {exclude: {tables: a}}}", "column-dropped.exclude.tables: input"),
        ("rules: {column-dropped: {exclude: {tables: ['']}}}", "column-dropped.exclude.tables.0"),
        ("rules: {column-dropped: {options: {most: 1}}}", "options: the rule has none"),
        ("rules: {names: {options: {most: 1}}}", "rules.names.severity: the rule is off by itself"),
        ("rules: {names: {exclude: {tables: [a]}}}", "rules.names.severity: the rule is off"),
        ("rules: {names: error}", "finds nothing until it is given some of: columns, most, req"),
        ("baseline: ''", "baseline: "),
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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("{mots: 1}", "unknown key rules.names.options.mots; did you mean most?"),
        ("{most: 0}", "rules.names.options.most: input should be greater than or equal to 1"),
        ("{most: many}", "rules.names.options.most: input should be a valid integer"),
        ("{most: true}", "rules.names.options.most"),
        ("{columns: '['}", "rules.names.options.columns: input should be a valid regular exp"),
        ("{required: id}", "rules.names.options.required"),
        ("{required: [1]}", "rules.names.options.required.0"),
        ("{owners: {a: 1}}", "rules.names.options.owners.a"),
        ("{strict: maybe}", "rules.names.options.strict"),
    ],
)
def test_a_mistake_in_an_option_is_named_at_its_place(options: str, says: str) -> None:
    assert says in mistakes(f"rules: {{names: {{severity: error, options: {options}}}}}")


def test_options_are_values_of_the_rules_own_type() -> None:
    text = "{required: [id], owners: {public.a: team}, strict: true}"
    settings = read(f"rules: {{names: {{severity: error, options: {text}}}}}")

    assert settings.options["names"] == Options(
        required=("id",), owners={"public.a": "team"}, strict=True
    )


def test_a_rule_may_be_spoken_of_without_a_severity() -> None:
    settings = read("rules: {column-dropped: {exclude: {migrations: [a]}}}")

    assert settings.severities == {}
    assert settings.exclusions == {"column-dropped": Exclusion(migrations=("a",))}


def test_all_mistakes_are_reported_together() -> None:
    told = mistakes("colour: red\npostgres: 9\ntargets: {a: {kind: x, url_env: Y}}")

    assert "has 3 mistakes" in told
    assert all(place in told for place in ("colour", "postgres", "targets.a.kind"))


def test_mistakes_of_rules_and_targets_are_reported_together() -> None:
    told = mistakes(
        "rules: {nope: error, names: {severity: error, options: {most: 0, x: 1}}}\n"
        "targets: {a: {kind: staging, url_env: X, after: b}}"
    )

    assert "has 4 mistakes" in told
    assert all(place in told for place in ("rules.nope", "options.most", "options.x", "after"))


def test_a_connection_string_in_the_wrong_place_is_not_repeated() -> None:
    told = mistakes("targets: {a: {kind: staging, url_env: 'postgresql://u:hunter2@h/d'}}")

    assert "targets.a.url_env" in told
    assert "hunter2" not in told


def test_what_a_target_says_of_its_database_is_kept() -> None:
    production = read(FULL).targets["production"]

    assert production.identity == Pin("7389", "shop", "db.example")
    assert production.replicas == ReplicaPolicy(lag=5000, behind=64_000_000, wait=600_000)
    assert production.rewrite_limit == 20_000_000_000
    assert not default_targets()["production"].replicas.watched


def test_the_direct_url_is_used_where_it_is_set() -> None:
    production = read(FULL).targets["production"]

    assert production.variable({}) == "PRODUCTION_DATABASE_URL"
    assert production.variable({"PRODUCTION_DIRECT_URL": "x"}) == "PRODUCTION_DIRECT_URL"
    assert production.is_set({"PRODUCTION_DIRECT_URL": "x"})
    assert not production.is_set({"PRODUCTION_DIRECT_URL": ""})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("identity: {system_identifier: 7389}", "identity.system_identifier"),
        ("identity: {system_identifier: x}", "identity.system_identifier"),
        ("identity: {hosts: x}", "did you mean host"),
        ("replicas: {lag: -1}", "replicas.lag"),
        ("replicas: {behind: lots}", "replicas.behind"),
        ("rewrite_limit: 20", "rewrite_limit"),
    ],
)
def test_mistakes_about_a_targets_database_are_named(text: str, says: str) -> None:
    told = mistakes(f"targets: {{a: {{kind: staging, url_env: X, {text}}}}}")

    assert says in told


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
    published = Path(__file__).parents[2].joinpath("docs/reference/configuration.schema.json")

    assert json.loads(published.read_text()) == json_schema(), "run `make docs`"
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(yaml.safe_load(FULL))


@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_a_clear_refusal(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(read(text), Settings)
