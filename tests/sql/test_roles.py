"""Which roles a script gives something to, and which it makes."""

import pytest

from bot.sql.parse import parse
from bot.sql.roles import Roles, roles_in


def roles(sql: str) -> Roles:
    return roles_in(parse(sql).statements)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("GRANT SELECT ON t TO app, PUBLIC", {"app"}),
        ('GRANT SELECT ON t TO "App Reader"', {"App Reader"}),
        ("REVOKE ALL ON SCHEMA public FROM app", {"app"}),
        ("ALTER TABLE t OWNER TO boss", {"boss"}),
        ("CREATE POLICY p ON t TO alice USING (true)", {"alice"}),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE ann GRANT SELECT ON TABLES TO ben", {"ann", "ben"}),
        ("CREATE SCHEMA s AUTHORIZATION kim", {"kim"}),
        ("SET ROLE bob", {"bob"}),
        ("SET ROLE none", set()),
        ("SET SESSION AUTHORIZATION 'kim'", {"kim"}),
        ("GRANT staff TO app", {"staff", "app"}),
        ("REASSIGN OWNED BY a TO b", {"a", "b"}),
        ("GRANT SELECT ON t TO CURRENT_USER", set()),
        ("CREATE TABLE role (id int)", set()),
        ("SET search_path = app", set()),
    ],
)
def test_roles_that_may_be_there_before_are_named(sql: str, named: set[str]) -> None:
    assert roles(sql).named == named


def test_roles_that_a_script_makes_are_told_apart() -> None:
    found = roles("CREATE ROLE app; CREATE USER bot; GRANT app TO bot; GRANT app TO ann;")
    assert found.made == {"app", "bot"}
    assert found.named - found.made == {"ann"}


def test_a_deep_statement_is_walked_through() -> None:
    sum_of_many = " + ".join(["1"] * 20_000)
    assert roles(f"SELECT {sum_of_many}; GRANT SELECT ON t TO app").named == {"app"}
