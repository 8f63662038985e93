"""How a runner stops a script: it asks the shell twice, and then kills all that came of it."""

import os
import signal
import subprocess
import time
from contextlib import suppress

from tests.harness.values import HarnessError
from tests.harness.world import Interruption

LOOK = 0.02


def interrupted(process: subprocess.Popen[bytes], cut: Interruption, timeout: float) -> bool:
    """Wait until the moment of the interruption, and carry it out. False if the end came first."""
    assert cut.once is not None
    deadline = time.monotonic() + timeout
    while process.poll() is None:
        if cut.once():
            _stop(process, cut)
            return True
        if time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            raise HarnessError(f"{cut.step} neither ended nor came to where it is to be stopped")
        time.sleep(LOOK)
    return False


def _stop(process: subprocess.Popen[bytes], cut: Interruption) -> None:
    """Only the shell hears the two signals; the last one reaches everything it started."""
    signals = () if cut.lost else zip((signal.SIGINT, signal.SIGTERM), cut.patience, strict=True)
    for number, patience in signals:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
