"""How long one run waits for GitHub, all its calls together, so that telling delays no rollout."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from bot.adapters.github.trouble import Trouble

BUDGET = 120.0
_ATTEMPTS = 4
_REST = 60.0
_LONGEST_STEP = 20.0


class NotAsked(requests.RequestException):
    """GitHub has used up the time this run gives it, and is left alone for a while."""


def _nobody(text: str) -> None:
    """Where no console is."""


@dataclass
class Patience:
    """`budget` is in seconds. `say` is told of waits that a person would notice; `pace` is what the
    steps between attempts begin with, 0 for a GitHub on this machine."""

    budget: float = BUDGET
    pace: float = 1.0
    say: Callable[[str], None] = _nobody
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform
    spent: float = field(default=0.0, init=False)
    _last: float | None = field(default=None, init=False)

    def again(self, trouble: Trouble, attempt: int) -> bool:
        """Wait for what the trouble asks for, if there is time; else the call has failed."""
        if attempt >= _ATTEMPTS:
            return False
        seconds = self._step(attempt) if trouble.wait is None else trouble.wait
        if self.spent + seconds > self.budget:
            return False
        if seconds >= 1:
            self.say(f"waiting {seconds:.0f} s for GitHub: {trouble.what}")
        self.sleep(seconds)
        self.spent += seconds
        return True

    def ask(self, send: Callable[[], requests.Response]) -> requests.Response:
        """Send a call; time that went by without an answer is counted.

        Once the time is used up, a call that fails is the last for a minute: a rollout has more to
        do than to wait for each of them.
        """
        begun = self.clock()
        if self.spent >= self.budget and self._last is not None and begun - self._last < _REST:
            raise NotAsked
        try:
            return send()
        except requests.RequestException:
            self._last = self.clock()
            self.spent += self._last - begun
            raise

    def _step(self, attempt: int) -> float:
        longest: float = min(self.pace * 2.0**attempt, _LONGEST_STEP)
        return self.jitter(longest / 2, longest)
