import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.targets.fleet import DEFAULT_WAVES, Budget, Shard, Tenant, Wave
from bot.core.targets.url import parse_url
from bot.errors import UsageError
from bot.fleet.waves import (
    allowed_failures,
    before_shard,
    cut_in_waves,
    in_shard,
    read_shard,
    shards_for,
)


def tenants(count: int) -> list[Tenant]:
    return [Tenant(f"t{number}", parse_url(f"postgresql://h/t{number}")) for number in range(count)]


REST = Wave("rest", rest=True)


@st.composite
def some_waves(draw: st.DrawFn) -> tuple[Wave, ...]:
    names = draw(st.lists(st.integers(0, 59), unique=True, max_size=5))
    waves = [
        Wave(
            f"w{number}",
            count=draw(st.integers(0, 20)),
            share=draw(st.floats(0, 100)),
            tenants=tuple(f"t{name}" for name in names if name % 3 == number),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return (*waves, REST)


@given(some_waves(), st.integers(60, 300), st.integers(1, 40))
def test_every_tenant_is_in_one_wave_and_in_one_shard(
    waves: tuple[Wave, ...], count: int, size: int
) -> None:
    everybody = tenants(count)
    cuts = cut_in_waves(everybody, waves)
    whole = [each.name for _, own in cuts for each in own]
    assert sorted(whole) == sorted(each.name for each in everybody)

    slices = shards_for(cuts, size, 1000)
    shards = [Shard(0, len(slices)), *slices]
    spread = [each.name for shard in shards for _, own in in_shard(cuts, shard) for each in own]
    assert sorted(spread) == sorted(whole)
    assert max(len(in_shard(cuts, shard)[0][1]) for shard in slices) <= size


def test_a_tenant_that_is_named_is_in_the_wave_that_names_it() -> None:
    waves = (Wave("canary", count=1, tenants=("t7",)), REST)
    canary, rest = cut_in_waves(tenants(9), waves)
    assert [each.name for each in canary[1]] == ["t7", "t0"]
    assert len(rest[1]) == 7


def test_without_waves_one_goes_first_and_then_a_tenth() -> None:
    assert [len(own) for _, own in cut_in_waves(tenants(40), DEFAULT_WAVES)] == [1, 4, 35]


def test_a_wave_that_names_nobody_there_is_refused() -> None:
    with pytest.raises(UsageError, match="canary names gone"):
        cut_in_waves(tenants(3), (Wave("canary", tenants=("gone",)), REST))


@pytest.mark.parametrize(
    ("budget", "size", "first", "allowed"),
    [
        (Budget(), 1000, False, 20),
        (Budget(), 3, False, 1),
        (Budget(count=5), 3, False, 5),
        (Budget(share=5.0), 100, False, 5),
        (Budget(share=5.0), 10, False, 0),
        (Budget(count=5), 100, True, 0),
    ],
)
def test_the_budget_is_a_count_or_a_share_and_the_first_wave_has_none(
    budget: Budget, size: int, first: bool, allowed: int
) -> None:
    assert allowed_failures(budget, size, first=first) == allowed


def test_a_slice_waits_for_the_waves_before_it_and_those_wait_for_nobody() -> None:
    cuts = cut_in_waves(tenants(40), DEFAULT_WAVES)
    assert [wave.name for wave, _ in before_shard(cuts, Shard(1, 2))] == ["canary", "early"]
    assert before_shard(cuts, Shard(0, 2)) == before_shard(cuts, None) == ()


def test_a_matrix_has_no_more_jobs_than_github_takes() -> None:
    cuts = cut_in_waves(tenants(3000), (REST,))
    assert len(shards_for(cuts, 1, 256)) == 256


@pytest.mark.parametrize(
    ("text", "index", "shard"),
    [
        ("2/8", None, Shard(2, 8)),
        ("0/8", None, Shard(0, 8)),
        ("8", "3", Shard(3, 8)),
        ("8", "0", Shard(0, 8)),
    ],
)
def test_a_shard_is_read(text: str, index: str | None, shard: Shard) -> None:
    assert read_shard(text, index) == shard


@pytest.mark.parametrize("text", ["", "8", "9/8", "-1/8", "1/0", "a/b", "1/2/3", "²/4"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no shard"):
        read_shard(text, None)
