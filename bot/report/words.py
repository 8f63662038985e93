"""Numbers, times, sizes and effects as a person would say them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.core.counting import count as count
from bot.core.duration import duration as duration
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, Review
from bot.core.migrations.effects import Effects, Lock
from bot.core.migrations.migration import well_named
from bot.core.rehearsals.sizes import size_text
from bot.core.rollouts.progress import State

STATE_SIGNS = {
    State.WAITING: "⏳",
    State.CLOSED: "🔒",
    State.APPLYING: "🔄",
    State.APPLIED: "✅",
    State.FAILED: "❌",
    State.ROLLED_BACK: "↩️",
}
STATE_WORDS = {
    State.WAITING: "waiting",
    State.CLOSED: "on hold",
    State.APPLYING: "applying",
    State.APPLIED: "applied",
    State.FAILED: "failed",
    State.ROLLED_BACK: "rolled back",
}
_DATA_COMMANDS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "WITH", "COPY"})
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


def listed(words: Iterable[str], *, limit: int = 3) -> str:
    """A, B and C; or A, B, C and 4 more."""
    given = list(words)
    if len(given) > limit:
        given = [*given[:limit], f"{len(given) - limit:,} more"]
    return " and ".join([", ".join(given[:-1]), given[-1]] if len(given) > 1 else given)


def unjudged(review: Review) -> str:
    """What was not judged, or is not shown, because the configuration says so; "" if nothing is."""
    told = []
    if review.accepted:
        are = "is" if review.accepted == 1 else "are"
        number = count(review.accepted, "migration")
        told.append(f"{number} up to {review.baseline} {are} the baseline and not judged.")
    if review.excluded:
        are = "is" if review.excluded == 1 else "are"
        told.append(f"{count(review.excluded, 'finding')} {are} excluded by the configuration.")
    return " ".join(told)


def time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def size(number: int) -> str:
    return size_text(number)


def short_digest(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def gravity(judged: JudgedMigration) -> int:
    """0 for a migration with an error, 3 for one without findings."""
    found = worst(judged.findings)
    return _RANK[found.severity] if found else len(_RANK)


def worst(findings: Iterable[Finding]) -> Finding | None:
    """The gravest finding that counts, the first of them in the file."""
    counted = [each for each in findings if each.allowed is None]
    return min(counted, key=lambda each: (_RANK[each.severity], each.line), default=None)


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first, otherwise in their own order; what was allowed comes last."""
    return sorted(findings, key=lambda each: (each.allowed is not None, _RANK[each.severity]))


def stamp_and_name(name: str) -> tuple[str, str]:
    """A migration's timestamp and the rest of its name; ("", the name) if it is not so named."""
    stamp, _, rest = name.partition("_")
    return (stamp, rest) if well_named(name) else ("", name)


def statements(judged: JudgedMigration) -> str:
    """How many statements it has; "" if it was not cut into statements."""
    return count(len(judged.statements), "statement") if judged.statements else ""


def effect(judged: JudgedMigration) -> str:
    """What running a migration does to others, in prose: "blocks writes to `orders`"."""
    effects = [each.effects for each in judged.statements]
    waits = _waits(effects)
    verb = "briefly blocks" if _brief(judged) else "blocks"
    said = [f"{verb} {', and '.join(waits)}"] if waits else []
    said += [listed(each, limit=2) for each in (_changes(effects),) if each]
    if not effects or not all(each.understood for each in effects):
        said.append("not all of it can be foreseen")
    return "; ".join(said) or "none"


def _brief(judged: JudgedMigration) -> bool:
    """Whether nothing in it takes longer on a larger table, so that no lock is held for long."""
    return not any(
        each.effects.rewrites
        or each.effects.scans
        or not each.effects.understood
        or each.statement.kind.split(" ")[0] in _DATA_COMMANDS
        for each in judged.statements
    )


def _waits(effects: Iterable[Effects]) -> list[str]:
    """What others wait for, a phrase for reads and writes and one for writes alone."""
    strongest: dict[str, Lock] = {}
    for lock in (each for given in effects for each in given.locks if not each.new):
        if lock.relation not in strongest or lock.mode > strongest[lock.relation].mode:
            strongest[lock.relation] = lock
    found: dict[str, list[str]] = {"reads and writes of": [], "writes to": []}
    for name in sorted(strongest):
        blocks = strongest[name].mode.blocks
        if blocks:
            found["reads and writes of" if "reads" in blocks else "writes to"].append(_named(name))
    return [f"{verb} {listed(names, limit=2)}" for verb, names in found.items() if names]


def _named(relation: str) -> str:
    """As an author would write it: without the schema that everybody has."""
    return f"`{relation.removeprefix('public.')}`"


def _changes(effects: list[Effects]) -> list[str]:
    """What is copied and what is lost, one phrase each."""
    rewritten = sorted({each for given in effects for each in given.rewrites})
    lost = sorted({each for given in effects for each in given.loses})
    return [f"rewrites {_named(each)}" for each in rewritten] + [
        f"deletes {_named(each)}" for each in lost
    ]


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis if something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
