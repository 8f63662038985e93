"""What a doctor asks of the machine, the checkout and the stores; nothing is changed by it."""

from typing import Protocol

from bot.core.doctor.access import StoreLook
from bot.core.doctor.checkout import CheckoutLook
from bot.core.doctor.machine import Machine
from bot.core.targets.target import Target


class Examiner(Protocol):
    """Whatever is refused is in the answers."""

    def machine(self) -> Machine: ...
    def checkout(self) -> CheckoutLook: ...
    def store(self, target: Target) -> StoreLook:
        """Tries whether it can be read and written; what is written for that is removed again."""
