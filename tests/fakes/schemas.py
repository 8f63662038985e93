"""What a history makes, said in advance: no server runs it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.drift.deviation import deviations
from bot.core.drift.drift import Expected, unknown
from bot.core.drift.look import Compared, DriftOrder, Script
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.schemas.draft import DraftedStatement
from bot.core.schemas.schema import Snapshot


@dataclass
class FakeSchemas:
    """`made` is what every history makes. `problem` is why it cannot be run, `orders` what was to
    be compared."""

    made: Snapshot = field(default_factory=dict)
    problem: str = ""
    orders: list[DriftOrder] = field(default_factory=list)

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        return unknown(self.problem) if self.problem else Expected(self.made, self.made, major=18)

    def compare(self, order: DriftOrder, note: Callable[[str], None]) -> Compared:
        self.orders.append(order)
        if self.problem:
            return Compared(problem=self.problem)
        found = deviations(self.made, order.there.snapshot, order.policy, schemas=("public",))
        if not found.told:
            return Compared(found)
        mend = Script((DraftedStatement("DROP INDEX by_hand", loses="nothing"),))
        return Compared(found, mend, Script(left=("index x",), problem="it was refused"))
