"""`backups` in a terminal: which there are, what was proved of them, and which are gone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.backups.backup import Proof, StoredBackup
from bot.core.backups.retention import Held, Kept, Pruned
from bot.core.backups.stored import Stray
from bot.core.duration import age
from bot.report import words
from bot.report.escape import one_line
from bot.report.terminal.lines import Line, drawn, line

_WHY = {
    Held.YOUNG: "younger than `backup.keep`",
    Held.LAST_PROVED: "the last that was proved",
    Held.NEWEST: "the newest",
    Held.UNFINISHED: "a migration was begun after it, and never finished",
}
_KEY = 20


def listed_text(
    target: str,
    backups: Sequence[StoredBackup],
    strays: Sequence[Stray],
    now: datetime,
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    return drawn(_listed(target, backups, strays, now), width=width, colour=colour)


def verified_text(
    stored: StoredBackup, proof: Proof, *, width: int = 80, colour: bool = False
) -> str:
    return drawn(_verified(stored, proof), width=width, colour=colour)


def pruned_text(
    target: str, done: Pruned, now: datetime, *, width: int = 80, colour: bool = False
) -> str:
    return drawn(_pruned(target, done, now), width=width, colour=colour)


def _listed(
    target: str, backups: Sequence[StoredBackup], strays: Sequence[Stray], now: datetime
) -> Iterator[Line]:
    if backups:
        yield line(f"{target} has {words.count(len(backups), 'backup')}.", "bold")
    else:
        yield line(f"{target} has no backup.", "bold")
    for each in backups:
        yield line(each.manifest.id, indent=2)
        yield line(_facts(each, now), indent=4)
        yield _standing(each)
        yield _digest(each, indent=4)
    yield from (_stray(each) for each in strays)


def _verified(stored: StoredBackup, proof: Proof) -> Iterator[Line]:
    yield line(f"The backup {stored.manifest.id} holds: it is {proof.words}.", "bold green")
    yield line(f"It took {words.duration(proof.seconds)}.", indent=2)
    at = words.time(stored.manifest.started_at)
    yield line(f"It holds everything up to {at}; later writes are not in it.", indent=2)
    yield _digest(stored, indent=2)


def _digest(stored: StoredBackup, *, indent: int) -> Line:
    return Line(((f"Manifest digest {stored.manifest.digest}", "dim"),), indent, wrapped=False)


def _pruned(target: str, done: Pruned, now: datetime) -> Iterator[Line]:
    gone = "would be removed" if done.dry else "removed"
    if not done.removed and not done.swept:
        yield line(f"{target}: no backup is to be removed.", "bold")
    else:
        number = words.count(len(done.removed), "backup")
        yield line(f"{target}: {number} {gone}, {words.size(done.freed)}.", "bold")
    for each in done.removed:
        yield line(f"{gone}: {each.manifest.id}, {_age(each, now)} old", indent=2)
    for stray in done.swept:
        yield line(f"{gone}: {one_line(stray.id)}, which was never complete", indent=2)
    yield from (line(_kept(each, now), indent=2) for each in done.kept)


def _kept(kept: Kept, now: datetime) -> str:
    return f"kept: {kept.backup.manifest.id}, {_age(kept.backup, now)} old: {_WHY[kept.why]}"


def _facts(stored: StoredBackup, now: datetime) -> str:
    manifest = stored.manifest
    said = [f"{_age(stored, now)} old", words.size(manifest.stored_size), f"in {stored.location}"]
    if manifest.encrypted:
        said.append(f"encrypted to {words.listed(map(_short, manifest.recipients))}")
    else:
        said.append("not encrypted")
    return one_line(", ".join(said))


def _standing(stored: StoredBackup) -> Line:
    if stored.proof is None:
        return line("not proved", "yellow", indent=4)
    return line(one_line(stored.proof.words), "green" if stored.proof.ok else "bold red", indent=4)


def _stray(stray: Stray) -> Line:
    return line(f"{one_line(stray.id)} is no backup: {one_line(stray.problem)}", "yellow", indent=2)


def _short(key: str) -> str:
    return key if len(key) <= _KEY else f"{key[:_KEY]}…"


def _age(stored: StoredBackup, now: datetime) -> str:
    return age(now - stored.manifest.started_at)
