"""Privileges, owners and policies as actions."""

from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of


def only(sql: str) -> act.Action:
    (statement,) = parse(sql).statements
    (action,) = actions_of(statement)
    return action


def test_a_grant_names_its_privileges_objects_and_roles() -> None:
    assert only("GRANT SELECT, UPDATE ON a, s.b TO PUBLIC, app WITH GRANT OPTION") == act.Grant(
        "GRANT",
        ("public.a", "s.b"),
        on="TABLE",
        names=("public.a", "s.b"),
        privileges=("select", "update"),
        grantees=("public", "app"),
        grantable=True,
    )


def test_all_privileges_are_none_in_particular() -> None:
    assert only("REVOKE ALL ON FUNCTION f(int) FROM app") == act.Grant(
        "REVOKE", on="FUNCTION", names=("public.f",), grantees=("app",)
    )
    columns = only("GRANT ALL (a) ON t TO app")
    assert isinstance(columns, act.Grant)
    assert columns.privileges == ("all",)


def test_a_scope_stands_for_objects_that_are_not_named() -> None:
    schema = only("GRANT SELECT ON ALL TABLES IN SCHEMA s TO app")
    default = only("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app")
    assert isinstance(schema, act.Grant)
    assert isinstance(default, act.Grant)
    assert (schema.scope, schema.names) == ("ALL IN SCHEMA", ())
    assert (default.scope, default.names) == ("DEFAULT", ())


def test_an_owner_is_changed_by_kind_and_name() -> None:
    assert only("ALTER SCHEMA s OWNER TO app") == act.ChangeOwner("SCHEMA", "s", "app")
    assert only("ALTER TYPE mood OWNER TO app") == act.ChangeOwner("TYPE", "public.mood", "app")


def test_a_policy_tells_its_conditions() -> None:
    assert only("CREATE POLICY p ON t FOR UPDATE USING (true) WITH CHECK (a = 'x')") == (
        act.CreatePolicy(
            "public.t", "p", command="update", everything=True, permissive=True, strings=("x",)
        )
    )
    assert only("ALTER POLICY p ON t USING (a = 'x')") == (
        act.CreatePolicy("public.t", "p", strings=("x",))
    )


def test_a_rule_is_not_a_policy() -> None:
    rule = only("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING")
    assert rule == act.CreatePolicy("public.t", "r", rule=True)


def test_a_view_says_whose_rights_count() -> None:
    on = only("CREATE VIEW v WITH (security_invoker = on) AS SELECT 1")
    off = only("CREATE VIEW v WITH (security_invoker = false) AS SELECT 1")
    assert isinstance(on, act.CreateView)
    assert isinstance(off, act.CreateView)
    assert (on.security_invoker, off.security_invoker) == (True, False)
