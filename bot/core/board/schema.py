"""The schema as the history makes it, and which part of it a target does not have yet."""

from dataclasses import dataclass, field

from bot.core.schemas.schema import Snapshot


@dataclass(frozen=True)
class SchemaBoard:
    """`after` is what the whole history makes, `before` what `target` has applied of it; "" if
    there is no target to compare with, and nothing is marked then. `problem` is why there is
    none."""

    before: Snapshot = field(default_factory=dict)
    after: Snapshot = field(default_factory=dict)
    target: str = ""
    problem: str = ""
