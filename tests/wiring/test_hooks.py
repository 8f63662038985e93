"""What a project's command finds in its environment."""

import pytest

from bot.core.targets.target import Kind, Target
from bot.wiring.hooks import NOWHERE, environment_for
from bot.wiring.secrets import keep_variables_secret

DEVELOPMENT = Target("development", Kind.DEVELOPMENT, "DEV_URL")
URL = "postgresql://ada:hush-hush@localhost/shop"
SECRETS = {
    "PRODUCTION_DATABASE_URL": "postgresql://root:c4nary@db.example/shop",
    "OTHER_DATABASE_URL": "postgresql://root@db.example/shop",
    "REPLICA": "postgresql://db.example/shop?user=root&password=c4nary",
    "GITHUB_TOKEN": "ghs_c4nary",
    "NPM_TOKEN": "npm_c4nary",
    "AWS_SECRET_ACCESS_KEY": "c4nary",
    "MIGRATION_BOT_AUDIT_KEY": "c4nary",
    "MIGRATION_BOT_AGE_IDENTITY": "AGE-SECRET-KEY-c4nary",
    "PGPASSWORD": "c4nary",
    "PGHOST": "db.example",
    "WEBHOOK": "c4nary",
    "GITHUB_ENV": "/runner/env",
}
PLAIN = {"PATH": "/usr/bin", "HOME": "/home/ada", "LANG": "C.UTF-8", "NODE_OPTIONS": "--trace-gc"}


@pytest.fixture(autouse=True)
def configured() -> None:
    keep_variables_secret(["OTHER_DATABASE_URL", "PRODUCTION_DATABASE_URL", "WEBHOOK"])


def test_a_seed_finds_the_connection_string_of_its_target_and_no_other_secret() -> None:
    found = environment_for(DEVELOPMENT, {**SECRETS, **PLAIN, "DEV_URL": URL})
    assert found == {**PLAIN, "DEV_URL": URL, "DATABASE_URL": URL}


def test_what_needs_no_database_finds_an_address_that_leads_nowhere() -> None:
    given = {**SECRETS, **PLAIN, "DATABASE_URL": URL, "DEV_URL": URL}
    assert environment_for(None, given) == {**PLAIN, "DATABASE_URL": NOWHERE}


def test_the_direct_connection_string_is_the_one_that_is_given() -> None:
    target = Target("development", Kind.DEVELOPMENT, "DEV_URL", direct_url_env="DIRECT_URL")
    direct = URL.replace("localhost", "127.0.0.1")
    found = environment_for(target, {"DEV_URL": URL, "DIRECT_URL": direct})
    assert found == {"DEV_URL": direct, "DATABASE_URL": direct}
