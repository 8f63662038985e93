"""What takes one migration back, drafted and tried, before anybody writes it into the folder."""

from dataclasses import dataclass

from bot.core.migrations.migration import Migration
from bot.core.rehearsals.proofs import DownProof
from bot.core.schemas.draft import Draft


@dataclass(frozen=True)
class DraftedDown:
    """`postgres` is the major that it was tried on. `writes_rows` says that the migration changes
    rows, `lost` which it deletes, `changed` what it changes besides, and `unknown` why nobody can
    tell what it destroys: no schema says how that was. `fault` is why the draft does
    not lead back, "" if it was seen to."""

    migration: Migration
    draft: Draft
    proof: DownProof
    postgres: int
    fault: str = ""
    writes_rows: bool = False
    lost: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        return not self.fault

    @property
    def empty(self) -> bool:
        """Whether there is nothing in the schema to take back."""
        return not self.draft.statements and self.draft.complete
