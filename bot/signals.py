"""What ends us early: the first signal interrupts the work, and those after it let it clean up.

GitHub sends SIGINT, SIGTERM 7.5 seconds later, and after 2.5 more it kills. What is killed can be
run again; cleaning up lets go of locks sooner, and says what is true.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from bot.errors import ExitCode

# So long may cleaning up take: whoever sent the first signal kills a moment later.
LIMIT = 9.0
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
_PATIENT = b"\nstopping; the next signal ends it at once, and what is committed stays\n"
_GIVEN_UP = (
    b"\ninterrupted; cleaning up did not end in time and was given up. What was committed "
    b"stays, and nothing else was done: `migration-bot status` shows it, and the same run again "
    b"goes on from there.\n"
)


class Interruptions:
    """Counts signals. `end` ends the process with words, whatever it is at."""

    def __init__(self, end: Callable[[bytes], None], *, limit: float = LIMIT) -> None:
        self._end = end
        self._limit = limit
        self._count = 0
        self._over = False

    def listen(self) -> None:
        """Have the signals come here, but for those that we were started to ignore."""
        for name in ENDING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.heard)

    def over(self) -> None:
        """The work is: nothing is left to be interrupted.

        Of one that came while a dataclass was made, Python has kept a note to kill itself by the
        signal in the end, however well it was answered; running any text takes that back.
        """
        exec("")  # noqa: S102 - the note is _Py_UnhandledKeyboardInterrupt
        self._over = True

    def heard(self, number: int, frame: FrameType | None) -> None:
        """Raises KeyboardInterrupt for the first: all that waits for something ends by that.

        Not once the work is over: then how it ended is told, and that is done in a moment.
        """
        self._count += 1
        if self._count == 1 and not self._over:
            watchdog = threading.Timer(self._limit, self._end, (_GIVEN_UP,))
            watchdog.daemon = True
            watchdog.start()
            raise KeyboardInterrupt
        if self._count == 2:
            tell(_PATIENT)
        elif self._count > 2:
            self._end(b"\n")


def listen() -> Interruptions:
    """For the rest of this process's life."""
    interruptions = Interruptions(_end_at_once)
    interruptions.listen()
    return interruptions


def tell(words: bytes) -> None:
    """Past every buffer: whoever is interrupted may be in the middle of writing."""
    try:
        os.write(2, words)
    except OSError:
        return


def _end_at_once(words: bytes) -> None:
    tell(words)
    os._exit(int(ExitCode.INTERRUPTED))
