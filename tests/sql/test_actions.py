from dataclasses import FrozenInstanceError

import pytest

from bot.sql import actions
from bot.sql.actions import Action, DropColumn, Rename, SetNotNull


def test_actions_that_hold_the_same_are_equal() -> None:
    assert SetNotNull("public.t", "a") == SetNotNull("public.t", "a", only=False)
    assert {SetNotNull("public.t", "a"), SetNotNull("public.t", "a")} == {
        SetNotNull("public.t", "a")
    }


def test_actions_that_hold_something_else_differ() -> None:
    assert SetNotNull("public.t", "a") != SetNotNull("public.t", "b")
    assert SetNotNull("public.t", "a") != SetNotNull("public.t", "a", only=True)


def test_actions_of_another_kind_differ_whatever_they_hold() -> None:
    assert SetNotNull("public.t", "a") != DropColumn("public.t", "a")


def test_an_action_cannot_be_changed() -> None:
    rename = Rename("TABLE", "public.a", "public.b")
    with pytest.raises(FrozenInstanceError):
        rename.new = "public.c"  # type: ignore[misc]


def test_an_action_is_printed_with_what_it_holds() -> None:
    shown = repr(DropColumn("public.t", "a", cascade=True))
    assert shown.startswith("DropColumn(")
    assert "table='public.t'" in shown
    assert "cascade=True" in shown


def test_every_kind_of_action_can_be_had_at_the_door() -> None:
    kinds: set[str] = set()
    found = [Action]
    while found:
        kind = found.pop()
        kinds.add(kind.__name__)
        found.extend(kind.__subclasses__())
    assert kinds - {"Action"} <= set(actions.__all__)
