import pytest

from bot.core.drift.policy import DriftPolicy, cut_pattern, pattern_mistakes


@pytest.mark.parametrize(
    ("pattern", "cut"),
    [
        ("table public.a", ("table", "public.a")),
        ("foreign table public.*", ("foreign table", "public.*")),
        ('index public."A".b', ("index", "public.A.b")),
        ("tables public.a", ("", "tables public.a")),
    ],
)
def test_a_pattern_is_a_kind_and_a_name(pattern: str, cut: tuple[str, str]) -> None:
    assert cut_pattern(pattern) == cut


def test_a_star_stands_for_the_rest_of_a_name() -> None:
    policy = DriftPolicy(ignore=("index public.*.tmp_*",))

    assert policy.ignores([("index", "public.a.tmp_1")])
    assert not policy.ignores([("index", "public.a.other")])
    assert not policy.ignores([("table", "public.a.tmp_1")])


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("kind:coment", "there is no kind 'coment', did you mean 'comment'"),
        ("tabel public.a", "begins with no kind, did you mean 'table'"),
        ("public.a", "write `table public.legacy_*`"),
    ],
)
def test_what_can_never_fit_is_a_mistake(pattern: str, said: str) -> None:
    [mistake] = pattern_mistakes([pattern])
    assert said in mistake


def test_what_may_fit_is_none() -> None:
    assert list(pattern_mistakes(["kind:grant", "schema auth", "table public.*"])) == []
