from bot.core.rollouts.plan import Plan
from bot.core.rollouts.survey import Look, Survey
from bot.fleet.classes import classes_of
from tests.fakes import migration

INIT, MORE = migration("20260101000000_init"), migration("20260201000000_more")
BEHIND = Plan("fleet", pending=(MORE,), applied=(INIT.name,))
CURRENT = Plan("fleet", applied=(INIT.name, MORE.name))


def test_tenants_are_alike_with_the_same_migrations_on_the_same_schema() -> None:
    looks = [
        Look("a", BEHIND, "usual"),
        Look("b", BEHIND, "usual"),
        Look("c", BEHIND, "other"),
        Look("d", CURRENT, "newer"),
    ]
    assert [(each.tenants, each.head, each.odd) for each in classes_of(looks)] == [
        (("a", "b"), INIT.name, False),
        (("c",), INIT.name, True),
        (("d",), MORE.name, False),
    ]


def test_who_disagrees_or_is_silent_is_in_no_class() -> None:
    looks = [Look("a", Plan("fleet", modified=(INIT.name,))), Look("b", problem="away", hint="x")]
    assert classes_of(looks) == ()


def test_a_fleet_lacks_what_anybody_lacks_and_has_what_everybody_has() -> None:
    behind = Plan("fleet", pending=(INIT, MORE))
    looks = (Look("a", BEHIND), Look("b", CURRENT), Look("c", behind), Look("d", problem="away"))
    survey = Survey("fleet", looks, ())
    assert survey.plan.pending == (INIT, MORE)
    assert survey.plan.applied == ()
    assert survey.current == 1
    assert [each.tenant for each in survey.unreachable] == ["d"]
    assert Survey("fleet", looks[:2], ()).plan.applied == (INIT.name,)
