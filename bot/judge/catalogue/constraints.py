"""A table's constraints by name, with what is often asked of them found once."""

from collections.abc import Callable, Mapping
from functools import cached_property

from bot.sql.values import Constraint, ConstraintKind

# Names of constraints, by what they are found by.
_Names = Mapping[str, tuple[str, ...]]
_Question = Callable[[Constraint], tuple[str, ...]]


class Constraints(dict[str, Constraint]):
    """A map that is not changed once it was made; `adding` makes the next one from it.

    A table with a thousand constraints gets the next one without a look at those it has.
    """

    @cached_property
    def foreign_keys(self) -> tuple[Constraint, ...]:
        kind = ConstraintKind.FOREIGN_KEY
        return tuple(each for each in self.values() if each.kind is kind)

    @cached_property
    def references(self) -> _Names:
        """The names of its foreign keys, by the table they point to."""
        return _by(_referred, self)

    @cached_property
    def proofs(self) -> _Names:
        """The names of its checks, by the columns that they prove to hold no NULL."""
        return _by(_proved, self)

    def adding(self, name: str, constraint: Constraint) -> "Constraints":
        """The same with one more, or with another in the place of one."""
        made = Constraints(self)
        made[name] = constraint
        before = self.get(name)
        for question, worked_out in ((_referred, "references"), (_proved, "proofs")):
            answer: _Names | None = self.__dict__.get(worked_out)
            found = question(constraint)
            if answer is None or (before and question(before) != found):
                continue
            more = () if before else found
            made.__dict__[worked_out] = {**answer, **{e: (*answer.get(e, ()), name) for e in more}}
        return made


def _referred(constraint: Constraint) -> tuple[str, ...]:
    foreign = constraint.kind is ConstraintKind.FOREIGN_KEY and constraint.references
    return (constraint.references or "",) if foreign else ()


def _proved(constraint: Constraint) -> tuple[str, ...]:
    return tuple(dict.fromkeys(constraint.expression.proves)) if constraint.expression else ()


def _by(question: _Question, constraints: Mapping[str, Constraint]) -> _Names:
    found: dict[str, tuple[str, ...]] = {}
    for name, each in constraints.items():
        for answer in question(each):
            found[answer] = (*found.get(answer, ()), name)
    return found
