"""What all actions are: values that compare and print by what they hold."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def action(kind: type[T]) -> type[T]:
    """A frozen dataclass that takes `Action`'s own methods to compare and print.

    A dataclass has each method compiled as the program starts; for so many kinds, methods of
    their own cost as long as all the rest of reading a file.
    """
    return dataclass(frozen=True, eq=False, repr=False)(kind)


@dataclass(frozen=True, eq=False, repr=False)
class Action:
    """Something a statement does."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({held})"


@action
class Other(Action):
    """A command nothing more is known of; `relations` are the tables it names."""

    kind: str
    relations: tuple[str, ...] = ()


@action
class Unread(Action):
    """A statement whose tree has a shape nobody here expected: what it does is not known."""

    kind: str
