from hypothesis import given
from hypothesis import strategies as st

from bot.core.targets.fleet import Tenant
from bot.core.targets.url import parse_url
from bot.fleet.turns import Turns


def tenant(name: str, server: str, database: str) -> Tenant:
    return Tenant(name, parse_url(f"postgresql://{server}/{database}?schema={name}"))


places = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30)


@given(places, st.integers(1, 4), st.randoms(use_true_random=False), st.integers(0, 3))
def test_everybody_has_a_turn_and_the_limits_hold(
    given_places: list[tuple[str, str]], per_server: int, chance: object, again: int
) -> None:
    everybody = [tenant(f"t{n}", *place) for n, place in enumerate(given_places)]
    turns = Turns(everybody, per_server=per_server)
    at_work: list[Tenant] = []
    begun: list[str] = []
    repeats = again
    while not turns.over:
        while (taken := turns.next()) is not None:
            at_work.append(taken)
            begun.append(taken.name)
        servers = [each.server for each in at_work]
        assert max(map(servers.count, servers)) <= per_server
        assert len({each.database for each in at_work}) == len(at_work)
        ended = at_work.pop(chance.randrange(len(at_work)))  # type: ignore[attr-defined]
        turns.done(ended, again=repeats > 0)
        repeats -= 1
    assert not at_work
    assert set(begun) == {each.name for each in everybody}
    assert len(begun) == len(everybody) + (again if everybody else 0)


def test_one_that_has_to_try_again_comes_last() -> None:
    turns = Turns([tenant("a", "h", "a"), tenant("b", "h", "b")], per_server=1)
    first = turns.next()
    assert first is not None
    assert turns.next() is None
    turns.done(first, again=True)
    second = turns.next()
    assert second is not None
    assert second.name == "b"
    turns.done(second)
    assert turns.next() == first


def test_after_a_stop_nobody_is_begun_and_those_at_work_come_to_an_end() -> None:
    turns = Turns([tenant("a", "h", "a"), tenant("b", "h", "b")], per_server=1)
    first = turns.next()
    assert first is not None
    turns.stop()
    assert turns.next() is None
    assert not turns.over
    turns.done(first)
    assert turns.over


def test_servers_take_turns() -> None:
    turns = Turns(
        [tenant(f"{host}{n}", host, f"d{n}") for host in "ab" for n in range(2)], per_server=2
    )
    taken = [turns.next() for _ in range(4)]
    assert [each.name for each in taken if each] == ["a0", "b0", "a1", "b1"]
