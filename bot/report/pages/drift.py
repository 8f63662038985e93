"""What looks for drift found, target by target, with the SQL that would settle it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.board.board import Board, TargetBoard
from bot.core.drift.deviation import Deviation
from bot.core.drift.look import DriftState, Look, Script
from bot.report.drift.words import MEND, RECORD, grouped, notes, proof_words, sentence, state_words
from bot.report.pages.highlight import Code
from bot.report.pages.states import Tone

MOST_PLACES = 200
_TONES = {
    DriftState.CLEAN: (Tone.GOOD, "✓"),
    DriftState.DRIFTED: (Tone.BAD, "≠"),
    DriftState.RUNNING: (Tone.WAITING, "▸"),
    DriftState.UNKNOWN: (Tone.BAD, "?"),
    DriftState.UNSET: (Tone.QUIET, "·"),
}


@dataclass(frozen=True)
class ScriptView:
    title: str
    proof: str
    code: Code


@dataclass(frozen=True)
class DriftView:
    """`look` is None where nobody looked; `places` are what differs, by table."""

    target: TargetBoard
    look: Look | None
    tone: Tone = Tone.QUIET
    sign: str = "·"
    state: str = "not looked at"
    sentence: str = ""
    places: tuple[tuple[str, tuple[Deviation, ...]], ...] = ()
    left: int = 0
    notes: tuple[str, ...] = ()
    scripts: tuple[ScriptView, ...] = ()


def drift_views(board: Board, code: Callable[[str], Code]) -> tuple[DriftView, ...]:
    return tuple(_view(each, code) for each in board.urgent_first)


def _view(target: TargetBoard, code: Callable[[str], Code]) -> DriftView:
    look = target.status.look
    if look is None:
        return DriftView(target, None)
    tone, sign = _TONES[look.state]
    places = [(place, tuple(found)) for place, found in grouped(look.deviations.told)]
    wanted = ((MEND, look.mend), (RECORD, look.record))
    return DriftView(
        target,
        look,
        tone=tone,
        sign=sign,
        state=state_words(look),
        sentence=sentence(look),
        places=tuple(places[:MOST_PLACES]),
        left=max(0, len(places) - MOST_PLACES),
        notes=tuple(notes(look)),
        scripts=tuple(_script(title, each, code) for title, each in wanted if each is not None),
    )


def _script(title: str, script: Script, code: Callable[[str], Code]) -> ScriptView:
    return ScriptView(title, proof_words(script), code(script.sql))
