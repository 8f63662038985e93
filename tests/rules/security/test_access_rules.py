"""Odd cases of the rules about privileges, roles and servers."""

import pytest

from bot.core.findings.rule import Rule
from bot.rules.security import (
    extension_upgrade,
    grant_to_public,
    privilege_removed,
    role_change,
    server_config_change,
)
from tests.judging import judged


def messages(sql: str, rule: Rule) -> list[str]:
    return [each.message for each in judged(sql, rules=[rule]).findings]


@pytest.mark.parametrize(
    "sql",
    [
        "GRANT SELECT ON t TO anon;",
        "GRANT ALL ON t TO app;",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO app;",
        "GRANT SELECT ON t TO app WITH GRANT OPTION;",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app;",
        "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION g() TO anon;",
        "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION f() TO PUBLIC;",
    ],
)
def test_a_grant_that_opens_much_is_found_once(sql: str) -> None:
    assert len(messages(sql, grant_to_public)) == 1


def test_a_grant_is_described_in_one_sentence() -> None:
    assert messages("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;", grant_to_public) == [
        "The grant goes to PUBLIC, which is every role there is; it covers every table of the "
        "schema; it gives all privileges there are."
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "REVOKE admin FROM app;",
        "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM app;",
        "ALTER TABLE t OWNER TO app;",
        "ALTER FUNCTION f() OWNER TO app;",
        "ALTER DATABASE shop OWNER TO app;",
        "REASSIGN OWNED BY a TO b;",
        "DROP OWNED BY a;",
        "DROP ROLE a;",
    ],
)
def test_what_takes_rights_away_is_found_once(sql: str) -> None:
    assert len(messages(sql, privilege_removed)) == 1


def test_only_the_old_objects_of_a_revoke_are_named() -> None:
    found = messages("CREATE TABLE n (id INT); REVOKE ALL ON n, t FROM app;", privilege_removed)
    assert found == ["app loses access to t."]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE ROLE a SUPERUSER;", "The role gets SUPERUSER, on the whole server."),
        ("ALTER USER a REPLICATION;", "The role gets REPLICATION, on the whole server."),
        ("ALTER ROLE a NOLOGIN;", "The role is changed for every database of the server."),
        ("ALTER ROLE a SET role = b;", "Every new session of the role starts with another role."),
        (
            "ALTER ROLE a RESET ALL;",
            "Every new session of the role starts with another configuration.",
        ),
        (
            "ALTER ROLE a RENAME TO b;",
            "The role is renamed: whoever connects under the old name is turned away.",
        ),
    ],
)
def test_a_change_of_a_role_says_what_changes(sql: str, message: str) -> None:
    assert messages(sql, role_change) == [message]


def test_a_role_without_powers_may_be_created() -> None:
    assert messages("CREATE ROLE a LOGIN NOSUPERUSER;", role_change) == []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER SYSTEM SET work_mem = '1GB';",
        "ALTER SYSTEM RESET ALL;",
        "ALTER DATABASE shop CONNECTION LIMIT 5;",
        "ALTER ROLE ALL SET statement_timeout = '5s';",
    ],
)
def test_settings_of_everybody_are_found_once(sql: str) -> None:
    assert len(messages(sql, server_config_change)) == 1


def test_an_upgrade_names_its_version() -> None:
    assert messages("ALTER EXTENSION postgis UPDATE TO '3.4';", extension_upgrade) == [
        "postgis changes to version 3.4 while the application uses it."
    ]
    assert len(messages("ALTER EXTENSION postgis DROP FUNCTION f();", extension_upgrade)) == 1


def test_a_member_who_leaves_a_group_loses_its_rights() -> None:
    assert len(messages("ALTER GROUP writers DROP USER app, worker;", privilege_removed)) == 1
    assert messages("ALTER GROUP writers ADD USER app;", privilege_removed) == []
