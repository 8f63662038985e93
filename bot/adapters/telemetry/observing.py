"""The one who observes, and who keeps to himself whatever goes wrong with it."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.adapters.telemetry.asked import SPOKEN, Asked
from bot.adapters.telemetry.rehearsals import observe_backup, observe_rehearsal
from bot.adapters.telemetry.rollouts import Rollouts
from bot.adapters.telemetry.tracer import Tracer
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.rollout_log import Value, cleaned

_MISSING = (
    "OpenTelemetry is asked for by OTEL_EXPORTER_OTLP_ENDPOINT, and is not installed: nothing is "
    "observed. `pip install 'migration-bot[otel]'` installs it."
)
_UNSPOKEN = "Nothing is observed: OTEL_EXPORTER_OTLP_PROTOCOL is {}, and I speak " + SPOKEN + "."
_TROUBLE = "What is observed does not reach the collector, and the work goes on: {}"
_LATE = "it does not answer in time"


class Closing(Tracer, Protocol):
    def close(self) -> bool: ...


# With what is asked for, the environment, and whom to tell of trouble.
Opening = Callable[[Asked, Mapping[str, str], Callable[[str], None]], Closing]


class Observing:
    """See world.Telemetry. Nothing is loaded before there is something to observe."""

    wanted = True

    def __init__(
        self,
        asked: Asked,
        environ: Mapping[str, str],
        *,
        say: Callable[[str], None],
        clean: Callable[[str], str],
        opened: Opening | None = None,
    ) -> None:
        self._asked = asked
        self._environ = environ
        self._say = say
        self._clean = clean
        self._opened = opened or _exporting
        self._lock = threading.RLock()
        self._told = False
        self._over = False
        self._tracer: Closing | None = None
        self._rollouts: Rollouts | None = None

    def heard(self, line: Mapping[str, Value]) -> None:
        self._observed(lambda tracer: self._of_rollouts(tracer).heard(cleaned(line, self._clean)))

    def backed_up(self, target: str, backup: BackupSummary, now: datetime) -> None:
        self._observed(lambda tracer: observe_backup(tracer, target, backup, now))

    def rehearsed(self, found: Rehearsal, now: datetime) -> None:
        self._observed(lambda tracer: observe_rehearsal(tracer, found, now))

    def close(self) -> None:
        with self._lock:
            tracer, self._tracer = self._tracer, None
            rollouts, self._rollouts = self._rollouts, None
            self._over = True
        if tracer is not None:
            try:
                if rollouts is not None:
                    rollouts.close()
                if not tracer.close():
                    self._trouble(_LATE)
            except Exception as error:
                self._trouble(f"{type(error).__name__}: {error}")

    def _observed(self, tell: Callable[[Tracer], None]) -> None:
        """Whatever goes wrong here is none of a rollout's business."""
        with self._lock:
            if self._over:
                return
            if self._asked.protocol:
                self._give_up(_UNSPOKEN.format(self._asked.protocol))
                return
            try:
                tell(self._open())
            except ImportError:
                self._give_up(_MISSING)
            except Exception as error:
                self._give_up(_TROUBLE.format(f"{type(error).__name__}: {error}"))

    def _open(self) -> Tracer:
        if self._tracer is None:
            self._tracer = self._opened(self._asked, self._environ, self._trouble)
        return self._tracer

    def _of_rollouts(self, tracer: Tracer) -> Rollouts:
        if self._rollouts is None:
            self._rollouts = Rollouts(tracer)
        return self._rollouts

    def _give_up(self, text: str) -> None:
        self._over = True
        self._say_once(text)

    def _trouble(self, text: str) -> None:
        self._say_once(_TROUBLE.format(text))

    def _say_once(self, text: str) -> None:
        """From any thread."""
        if not self._told:
            self._told = True
            self._say(self._clean(text))


def _exporting(asked: Asked, environ: Mapping[str, str], trouble: Callable[[str], None]) -> Closing:
    """Loaded when it is wanted. Raises ImportError without the extra."""
    from bot.adapters.telemetry.exporting import Exporting

    return Exporting(asked, environ, trouble)
