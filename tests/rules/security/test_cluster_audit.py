"""What an audit of the server would find."""

import pytest

from bot.core.findings.finding import Severity
from bot.rules.security import cluster_audit
from tests.judging import judged


def messages(sql: str) -> list[str]:
    found = judged(sql, rules=[cluster_audit], severities={"cluster-audit": Severity.NOTICE})
    return [each.message for each in found.findings]


@pytest.mark.parametrize(
    "sql",
    [
        "SET password_encryption = 'md5';",
        "SET password_encryption TO on;",
        "ALTER SYSTEM SET password_encryption = md5;",
        "ALTER ROLE app SET password_encryption = 'MD5';",
        "ALTER DATABASE shop SET password_encryption = 'md5';",
    ],
)
def test_passwords_as_md5_are_told(sql: str) -> None:
    assert messages(sql) == ["Passwords set from now on are stored as MD5."]


@pytest.mark.parametrize("name", ["prod", "shop_dev", "staging_shop", "PROD_shop"])
def test_a_schema_named_after_an_environment_is_told(name: str) -> None:
    (message,) = messages(f'CREATE SCHEMA "{name}";')
    assert message.startswith(f"The schema {name} is named after an environment")


def test_a_superusers_schema_is_told() -> None:
    said = "The schema shop will belong to postgres, a superuser."
    assert messages("ALTER SCHEMA shop OWNER TO postgres;") == [said]


def test_a_type_that_stops_an_upgrade_is_told() -> None:
    assert messages("ALTER TABLE t ADD COLUMN f REGPROC;") == ["t.f would stop pg_upgrade."]


@pytest.mark.parametrize(
    "sql",
    ["RESET password_encryption;", "CREATE SCHEMA AUTHORIZATION app;", "CREATE SCHEMA productive;"],
)
def test_other_settings_and_names_are_quiet(sql: str) -> None:
    assert messages(sql) == []
