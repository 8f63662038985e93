"""What is proved of a migration: in batches, down and up again, and a second time."""

from dataclasses import dataclass, field

from bot.core.rehearsals.refusal import Refusal


@dataclass(frozen=True)
class BatchProof:
    """A change that goes in batches, tried whole and in batches on the same rows.

    `rows` is how many the whole statement changed, `batches` how many it was cut into. `differing`
    are the tables that held something else in the end. `refused` is why the batches came to none.
    """

    rows: int = 0
    batches: int = 0
    differing: tuple[str, ...] = ()
    refused: str = ""

    @property
    def proved(self) -> bool:
        return self.batches > 1 and not (self.differing or self.refused)


@dataclass(frozen=True)
class DownProof:
    """`down.sql`, run after its migration, and the migration after it once more.

    `left` is how the schema differs then from before the migration, `again` how it differs after
    the second time up from after the first. All empty, and nothing refused, is proof.

    `drafted` says that there is no down.sql, and that a draft of one was run: `undrafted` is what
    it leaves as it is, and `loses` which rows and values it takes along. `differing` are the tables
    whose rows were others after up and down than before; `rows` says how many were compared.
    `moved` are those whose columns stood in another order then: a column that comes again is the
    last, and nobody minds.
    """

    refused: Refusal | None = None
    left: tuple[str, ...] = ()
    up_refused: Refusal | None = None
    again: tuple[str, ...] = ()
    drafted: bool = False
    undrafted: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    rows: int = field(default=0, compare=False)

    @property
    def proved(self) -> bool:
        schema = self.refused or self.left or self.up_refused or self.again
        return not (schema or self.undrafted)


@dataclass(frozen=True)
class SecondRun:
    """The migration run once more on what it has made already.

    `refused` is what stopped it; `changed` how the schema differs from before this second run.
    """

    refused: Refusal | None = None
    changed: tuple[str, ...] = ()

    @property
    def half_done(self) -> bool:
        return self.refused is not None and bool(self.changed)
