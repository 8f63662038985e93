"""What is said of a configuration."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.doctor.check import Check, State, Trouble
from bot.core.github.notification import Channel, Sink
from bot.core.settings import Settings, default_targets
from bot.core.targets.identity import Pin
from bot.core.targets.target import Target
from bot.doctor import configuration as doctor

TARGETS = default_targets()
STAGING, PRODUCTION = TARGETS["staging"], TARGETS["production"]
DEVELOPMENT = TARGETS["development"]
A, B = "postgresql://ada:tiger77@db:5432/a", "postgresql://ada:tiger77@db:5432/b"


def same(environ: Mapping[str, str], *targets: Target) -> Check:
    return doctor.same_database(targets, environ)


def test_one_that_cannot_be_read_is_told_whole_and_the_rest_skipped() -> None:
    found = list(doctor.unreadable(Trouble("has 2 mistakes: unknown key colour", "Mend them.")))
    assert found[0].state is State.FAIL
    assert "unknown key colour" in found[0].said
    assert {each.state for each in found[1:]} == {State.SKIPPED}


def test_one_that_is_not_there_is_fine() -> None:
    assert doctor.valid(Settings(), None).state is State.PASS
    said = doctor.valid(Settings(), ".github/migration-bot.yml").said
    assert said == ".github/migration-bot.yml is valid, with 3 targets."


def test_a_variable_that_is_not_set_is_told_and_fails_only_when_asked_for() -> None:
    quiet = doctor.variable(STAGING, {})
    assert quiet.state is State.SKIPPED
    assert "Set STAGING_DATABASE_URL to postgresql://" in quiet.advice
    assert doctor.variable(STAGING, {}, asked=True).state is State.FAIL


def test_a_variable_leads_somewhere_or_is_no_connection_string() -> None:
    fine = doctor.variable(STAGING, {"STAGING_DATABASE_URL": A})
    assert fine.said == "STAGING_DATABASE_URL leads staging to postgresql://db:5432/a."
    for text in ("mysql://db/a", "db:5432/a", "postgresql://ada:a#b@db/a"):
        wrong = doctor.variable(STAGING, {"STAGING_DATABASE_URL": text})
        assert wrong.state is State.FAIL
        assert wrong.advice


def test_a_password_is_in_no_line() -> None:
    environ = {"STAGING_DATABASE_URL": A, "PRODUCTION_DATABASE_URL": A}
    found = doctor.configuration_checks(Settings(), environ, file=None)
    assert "tiger77" not in " ".join(each.said + each.advice for each in found)


def test_one_database_for_two_targets_fails() -> None:
    both = {"STAGING_DATABASE_URL": A, "PRODUCTION_DATABASE_URL": A.replace("ada", "bob")}
    found = same(both, STAGING, PRODUCTION)
    assert found.state is State.FAIL
    assert "staging and production are one database: postgresql://db:5432/a." in found.said


def test_development_may_be_what_the_application_connects_by() -> None:
    both = {"DATABASE_URL": A, "PRODUCTION_DATABASE_URL": A}
    assert same(both, DEVELOPMENT, PRODUCTION).state is State.WARN


def test_other_databases_schemas_and_hosts_are_quiet() -> None:
    for other in (B, f"{A}?schema=two", A.replace("@db", "@elsewhere"), A.replace("5432", "6432")):
        environ = {"STAGING_DATABASE_URL": A, "PRODUCTION_DATABASE_URL": other}
        assert same(environ, STAGING, PRODUCTION).state is State.PASS


def test_one_connection_string_cannot_be_compared() -> None:
    assert same({"STAGING_DATABASE_URL": A}, STAGING, PRODUCTION).state is State.SKIPPED
    broken = {"STAGING_DATABASE_URL": A, "PRODUCTION_DATABASE_URL": "nonsense"}
    assert same(broken, STAGING, PRODUCTION).state is State.SKIPPED


def test_production_without_a_pin_is_worth_a_look() -> None:
    found = doctor.pins([STAGING, PRODUCTION])
    assert found.state is State.WARN
    assert "migration-bot identity production" in found.advice


def test_a_pinned_production_and_others_without_a_pin_are_quiet() -> None:
    pinned = replace(PRODUCTION, identity=Pin(system_identifier="7"))
    assert doctor.pins([STAGING, pinned]).state is State.PASS
    assert doctor.pins([STAGING, DEVELOPMENT]).state is State.SKIPPED


def test_whom_to_tell_needs_its_variables() -> None:
    sinks = (Sink(Channel.SLACK, "SLACK_URL"), Sink(Channel.WEBHOOK, "HOOK", "HOOK_SECRET"))
    settings = Settings(targets={}, notify=sinks)
    found = [
        each
        for each in doctor.configuration_checks(settings, {"HOOK": "https://a"}, file="x.yml")
        if each.state is State.WARN
    ]
    assert [each.said.split()[0] for each in found] == ["SLACK_URL", "HOOK_SECRET"]
