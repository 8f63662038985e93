"""Where and on what a rehearsal ran: the server, the base, the data, and what kept it apart."""

from collections.abc import Iterator

from bot.core.findings.review import Review
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    DataKind,
    HistoryRefusal,
    Isolation,
    Rehearsal,
    RehearsalData,
    RehearsalServer,
    SchemaAgreement,
)
from bot.report.escape import one_line
from bot.report.rehearsals.words import refusal_words
from bot.report.size_words import bytes_words
from bot.report.words import count, duration, listed

_DATA = {
    DataKind.SEED: "the rows of the seed script",
    DataKind.SYNTHETIC: "made-up rows",
    DataKind.BACKUP: "the rows of a restored backup",
}


def worth_telling(rehearsal: Rehearsal | None) -> bool:
    """Whether anything was run, or should have been; without new migrations there is nothing."""
    if rehearsal is None:
        return False
    return bool(rehearsal.migrations or rehearsal.problem or rehearsal.base.refused)


def rehearsed_title(rehearsal: Rehearsal, *, provider: bool = True) -> tuple[str, str]:
    """Where it was rehearsed, and what follows that: "in 0.4 s, on top of 820 migrations"."""
    server = rehearsal.server
    if server is None:
        return "Not rehearsed", ""
    by = f" ({one_line(server.provider)})" if provider and server.provider else ""
    on = f"Rehearsed on PostgreSQL {one_line(server.version)}{by}"
    return on, f"in {seconds_words(total_seconds(rehearsal))}{_top(rehearsal.base)}"


def total_seconds(rehearsal: Rehearsal) -> float:
    """How long it took; without a clock, the sum of what was measured."""
    if rehearsal.seconds:
        return rehearsal.seconds
    statements = sum(each.duration_ms for each in rehearsal.migrations) / 1000
    return rehearsal.base.seconds + rehearsal.data.seconds + statements


def seconds_words(seconds: float) -> str:
    """0.4 s, and 10 min for a whole number of them."""
    if 0.1 <= seconds < 1:
        return f"{seconds:.1f} s"
    return duration(seconds).removesuffix(" 0 s")


def not_rehearsed(rehearsal: Rehearsal) -> str:
    """Why there was none; "" if there was one."""
    return f"Not rehearsed: {_sentence(rehearsal.problem)}" if rehearsal.problem else ""


def history_stopped(refused: HistoryRefusal) -> str:
    """Where the base history stopped, which is not the doing of the new migrations."""
    line = f", line {refused.line}" if refused.line else ""
    place = f"{one_line(refused.migration)}{line}"
    why = refusal_words(refused.refusal)
    return (
        f"The history itself does not run: it stopped at {place}: {_sentence(why)} "
        "Nothing new was rehearsed."
    )


def setting_lines(rehearsal: Rehearsal) -> tuple[str, ...]:
    """What to know about the circumstances, a sentence or two each, the weightiest first."""
    return tuple(_lines(rehearsal))


def steps_words(review: Review) -> str:
    """3 statements of 2 migrations; how many of how many, where it stopped."""
    rehearsal = review.rehearsal
    ran = rehearsal.migrations if rehearsal else ()
    done = sum(each.measured is not None for migration in ran for each in migration.statements)
    every = sum(len(each.statements) for each in review.migrations)
    if done < every:
        return f"{done:,} of {count(every, 'statement')}"
    return count(done, "statement")


def read_and_run(review: Review) -> str:
    """What was done with every statement: read and run on PostgreSQL 18.6."""
    rehearsal = review.rehearsal
    if rehearsal is None:
        return "read"
    ran = {each.name for each in rehearsal.migrations if each.refused is None}
    if rehearsal.server and ran >= {each.migration.name for each in review.migrations}:
        return f"read, and run on PostgreSQL {one_line(rehearsal.server.version)}"
    return "read, though not all could be run"


def stopped_sentence(review: Review) -> str:
    """In prose, where the rehearsal stopped, with a blank behind it; "" if it did not."""
    rehearsed = review.rehearsal.migrations if review.rehearsal else ()
    stopped = next((each for each in rehearsed if each.refused), None)
    if stopped is None:
        return ""
    # A backtick in a name would end the code that it stands in.
    return f"`{one_line(stopped.name).replace('`', chr(39))}` did not get through its rehearsal. "


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    server = rehearsal.server
    if server and server.major != server.wanted:
        yield _other_major(server)
    if server and server.shims:
        names = listed(map(one_line, server.shims), limit=8)
        yield f"These extensions were replaced by SQL that does the same: {names}."
    if rehearsal.base.refused is None:
        yield _data(rehearsal.data)
    if rehearsal.data.guessed:
        yield (
            "No sizes of a target were known (--target, --stats, or stats.file): every table got "
            "the same share, and nothing is estimated."
        )
    yield from (f"{_table_left(each)}" for each in rehearsal.data.skipped)
    yield from (_sentence(one_line(each)) for each in rehearsal.notes)
    if rehearsal.schema:
        yield _agreement(rehearsal.schema)
    if server:
        yield isolation_words(server.isolation)


def _top(base: BaseReplay) -> str:
    if not base.migrations:
        return ", on an empty database"
    cached = ""
    if base.cached:
        some = "all" if base.cached >= base.migrations else f"{base.cached:,}"
        cached = f" ({some} from the cache)"
    return f", on top of {count(base.migrations, 'migration')}{cached}"


def _other_major(server: RehearsalServer) -> str:
    return (
        f"The target has PostgreSQL {server.wanted}, this was {server.major}: "
        "locks and times may differ there."
    )


def _data(data: RehearsalData) -> str:
    if data.kind is DataKind.NONE:
        return "The tables were empty: times say nothing about full ones."
    amount = f"{count(data.rows, 'row')}, {bytes_words(data.bytes)}"
    if data.source:
        return f"On the real rows of the backup {one_line(data.source)} ({amount})."
    return f"On {_DATA[data.kind]} ({amount}), which took {seconds_words(data.seconds)}."


def _table_left(said: str) -> str:
    return f"Left empty: {_sentence(one_line(said))}"


def _agreement(schema: SchemaAgreement) -> str:
    by = f" (Prisma {one_line(schema.prisma)})" if schema.prisma else ""
    if schema.problem:
        return f"schema.prisma was not compared: {_sentence(one_line(schema.problem))}"
    if not schema.differences:
        return f"schema.prisma agrees with what the migrations end in{by}."
    said = listed(map(one_line, schema.differences), limit=8)
    return f"schema.prisma differs from what the migrations end in{by}: {said}."


def isolation_words(isolation: Isolation) -> str:
    """Kept apart: as the system user nobody, without a network, at most 1 GB of memory."""
    said = [
        _user(isolation),
        "with a network" if isolation.network else "without a network",
        *_limits(isolation),
    ]
    return f"The server ran {', '.join(said)}."


def _user(isolation: Isolation) -> str:
    if not isolation.system_user:
        return "as a system user that is not known"
    whose = "" if isolation.own_user else ", which is the bot's own"
    return f"as the system user {one_line(isolation.system_user)}{whose}"


def _limits(isolation: Isolation) -> Iterator[str]:
    given = [
        f"{bytes_words(number)} of {what}"
        for number, what in ((isolation.memory, "memory"), (isolation.disk, "disk"))
        if number is not None
    ]
    if isolation.seconds is not None:
        given.append(seconds_words(isolation.seconds))
    if given:
        yield f"with at most {listed(given)}"


def _sentence(text: str) -> str:
    said = one_line(text)
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."
