"""What a script is drafted towards: one side with some of what the other has."""

from bot.core.drift.patching import patched
from bot.core.schemas.schema import Snapshot
from tests.core.drift.snapshots import found, made

NEW = {
    "table public.b": {},
    "owner relation public.b": {"role": "app"},
    "grant relation public.b": {"privileges": "app=SELECT, reader=SELECT"},
}
ELSEWHERE = {
    "owner relation public.a": {"role": "author"},
    "grant relation public.a": {"privileges": "author=SELECT, author=UPDATE, reader=SELECT"},
}


def rights_of_b(snapshot: Snapshot) -> tuple[object, object]:
    owner = dict(snapshot["owner", "relation public.b"])
    grant = dict(snapshot["grant", "relation public.b"])
    return owner["role"], grant["privileges"]


def test_what_is_new_there_belongs_here_to_the_role_that_owns_all_here() -> None:
    expected, there = made(ELSEWHERE), made(NEW)

    recorded = patched(expected, there, found(expected, there).all)

    assert rights_of_b(recorded) == ("author", "author=SELECT, reader=SELECT")


def test_a_script_for_the_target_names_no_role_of_the_server_it_was_tried_on() -> None:
    new = {name: dict(each) for name, each in NEW.items()}
    new["owner relation public.b"] = {"role": "author"}
    new["grant relation public.b"] = {"privileges": "author=SELECT, reader=SELECT"}
    expected, there = made({**ELSEWHERE, **new}), made()

    mended = patched(there, expected, found(expected, there).all)

    assert rights_of_b(mended) == ("app", "app=SELECT, reader=SELECT")


def test_an_owner_of_its_own_stays_who_it_is() -> None:
    new = {**NEW, "owner relation public.b": {"role": "auditor"}}
    expected, there = made(ELSEWHERE), made(new)

    assert rights_of_b(patched(expected, there, found(expected, there).all))[0] == "auditor"
