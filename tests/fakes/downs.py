"""A throw-away server that answers as it is told to, when it is to take migrations back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.rollback_steps import Tried


@dataclass
class FakeDowns:
    """Answers what it is given, and remembers what it was asked."""

    answer: Tried
    asked: list[Order] = field(default_factory=list)

    def tried_back(self, order: Order, note: Callable[[str], None]) -> Tried:
        self.asked.append(order)
        return self.answer
