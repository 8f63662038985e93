"""Two ways to the same schema, to be compared on a throw-away server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """Statements of a migration that stand or fall together, or one that wants no transaction."""

    migration: str
    statements: tuple[str, ...]
    transactional: bool = True


@dataclass(frozen=True)
class Trial:
    """What is there before, and the two ways to go on from there."""

    before: tuple[Run, ...]
    original: tuple[Run, ...]
    rewritten: tuple[Run, ...]


@dataclass(frozen=True)
class Comparison:
    """What the server said. `differences` is empty where both ways end in the same schema.

    The others name what the server refused, with its reason; None where nothing was. With
    `before_refused` or `original_refused` there is nothing to compare with.
    """

    server: str
    differences: tuple[str, ...] = ()
    before_refused: str | None = None
    original_refused: str | None = None
    rewritten_refused: str | None = None

    @property
    def proved(self) -> bool:
        refused = (self.before_refused, self.original_refused, self.rewritten_refused)
        return not self.differences and not any(refused)

    @property
    def disproved(self) -> bool:
        """Whether the original works, and the rewritten does not lead to the same."""
        if self.before_refused or self.original_refused:
            return False
        return bool(self.differences or self.rewritten_refused)
