"""What the templates ask of values: words, anchors, and the newest of what there are several."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.core.board.board import TargetBoard
from bot.core.board.unread import Unread
from bot.core.board.waves import TenantBoard, TenantStanding, WaveBoard
from bot.core.gates.gate import Gate, closed
from bot.core.instant import instant
from bot.core.rollouts.rollback_class import RollbackClass, RollbackWay
from bot.report import words
from bot.report.drift.words import state_words
from bot.report.pages import addresses
from bot.report.pages.backups import newest_proved
from bot.report.pages.marked import Marked
from bot.report.pages.rollouts import last_rollout
from bot.report.pages.states import Tone
from bot.report.rehearsals.words import ms_words, refusal_words
from bot.report.size_words import size_words
from bot.report.terminal.status import fleet_words

_WAYS = {
    RollbackWay.NOTHING: Tone.GOOD,
    RollbackWay.REVERSIBLE: Tone.GOOD,
    RollbackWay.KEPT: Tone.GOOD,
    RollbackWay.UNPROVED: Tone.QUIET,
    RollbackWay.RESTORE: Tone.WAITING,
}
_TENANTS = {
    TenantStanding.CURRENT: ("✓", Tone.GOOD),
    TenantStanding.BEHIND: ("○", Tone.WAITING),
    TenantStanding.DISAGREES: ("≠", Tone.BAD),
    TenantStanding.SILENT: ("?", Tone.BAD),
}


def filters() -> Mapping[str, Callable[..., object]]:
    return {
        "moment": moment,
        "web": web,
        "duration": words.duration,
        "ms": ms_words,
        "size": words.size,
        "count": words.count,
        "number": lambda number: f"{number:,}",
        "ratio": ratio_words,
        "target_anchor": addresses.target_anchor,
        "rule_anchor": addresses.rule_anchor,
        "rollout_anchor": addresses.rollout_anchor,
        "last_rollout": last_rollout,
        "proved_backup": newest_proved,
        "drift_words": state_words,
        "closed_words": closed_words,
        "way_tone": way_tone,
        "refusal": refusal_words,
        "size_words": size_words,
        "fleet_words": fleet_words,
        "tenant_sign": lambda standing: _TENANTS[standing][0],
        "tenant_tone": lambda standing: _TENANTS[standing][1].value,
        "troubled_tenants": troubled_tenants,
        "about": about,
        "shares": shares,
    }


def moment(at: datetime) -> Marked:
    """A point in time; the script adds how long ago it was."""
    return Marked(f'<time datetime="{instant(at)}">{words.time(at)}</time>')


def web(address: str) -> str:
    """An address to follow, "" for what is none: a record may hold anything."""
    return address if address.startswith("https://") and address.isprintable() else ""


def ratio_words(ratio: float) -> str:
    if not ratio:
        return "–"
    return f"{ratio:.1f} ×" if ratio >= 0.05 else "under 0.1 ×"


def closed_words(gates: Sequence[Gate]) -> str:
    shut = closed(gates)
    if not shut:
        return f"{words.count(len(gates), 'gate')}, all open"
    return f"{len(shut):,} of {words.count(len(gates), 'gate')} closed"


def way_tone(found: RollbackClass) -> str:
    return _WAYS[found.way].value


def troubled_tenants(target: TargetBoard) -> list[TenantBoard]:
    """Those that a rollout would leave as they are."""
    fine = (TenantStanding.CURRENT, TenantStanding.BEHIND)
    return [each for wave in target.waves for each in wave.tenants if each.standing not in fine]


def shares(wave: WaveBoard) -> list[tuple[str, str, str]]:
    """Of a bar of a hundred: tone, where it begins, how long it is."""
    found, start = [], 0.0
    for standing, number in wave.counted.items():
        width = 100 * number / max(1, len(wave.tenants))
        if number:
            found.append((_TENANTS[standing][1].value, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return found


def about(unread: Sequence[Unread], what: str) -> list[Unread]:
    """What could not be read of that."""
    return [each for each in unread if what in each.what.split()]
