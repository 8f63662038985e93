"""What constraints are found by is the same, however they came together."""

from hypothesis import given
from hypothesis import strategies as st

from bot.judge.catalogue.constraints import Constraints
from bot.sql.values import Constraint, ConstraintKind, Expression, Volatility

KEYS = st.builds(
    Constraint, st.just(ConstraintKind.FOREIGN_KEY), references=st.sampled_from("TU"),
    validated=st.booleans(),
)  # fmt: skip
CHECKS = st.builds(
    Constraint,
    st.just(ConstraintKind.CHECK),
    expression=st.builds(
        Expression, st.just(Volatility.IMMUTABLE), proves=st.sampled_from([(), ("a",), ("a", "b")])
    ),
)
CHANGES = st.lists(st.tuples(st.sampled_from("xyz"), KEYS | CHECKS), max_size=8)


@given(CHANGES, st.integers(0, 8))
def test_a_map_that_grew_answers_like_one_made_at_once(
    changes: list[tuple[str, Constraint]], asked_from: int
) -> None:
    grown = Constraints()
    for place, (name, each) in enumerate(changes):
        grown = grown.adding(name, each)
        if place >= asked_from:
            _ = grown.references, grown.proofs
    at_once = Constraints(dict(changes))
    assert grown == at_once
    assert _without_order(grown.references) == _without_order(at_once.references)
    assert _without_order(grown.proofs) == _without_order(at_once.proofs)
    assert grown.foreign_keys == at_once.foreign_keys


def _without_order(names: object) -> dict[str, set[str]]:
    assert isinstance(names, dict)
    return {key: set(found) for key, found in names.items() if found}


def test_adding_leaves_the_map_as_it_was() -> None:
    before = Constraints()
    before.adding("x", Constraint(ConstraintKind.UNIQUE))
    assert before == {}
