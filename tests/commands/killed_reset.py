"""A reset in a process of its own that kills itself at a step, or at a line that it says.

python -m tests.commands.killed_reset WORDS
"""

import os
import signal
import sys

from bot.commands.session import Options
from bot.core.targets.hooks import Wishes
from bot.flows.resetting.procedure import carry_out, plan_reset
from bot.wiring.worlds import build_worlds


def main(moment: str) -> None:
    """Kill at the step of that name."""

    def heard(step: str) -> None:
        if step == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    worlds = build_worlds(Options())
    target = worlds[0].settings.target("development")
    carry_out(plan_reset(target, Wishes(), worlds[0], worlds), worlds[0], heard)


if __name__ == "__main__":
    main(sys.argv[1])
