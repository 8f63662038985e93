"""Reports of any size and any text, made at random from a seed."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from bot.core.approvals.approval import Approval, StaleApproval
from bot.core.drift.drift import Drift
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.gates.gate import Gate
from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import MeasuredLock, RehearsedMigration
from bot.core.rollouts.progress import Check, Progress, State
from bot.core.schemas.schema import Change, Differences
from bot.core.schemas.touched import Touched
from bot.core.targets.target import DriftMode, Kind
from bot.report.report import Report
from tests.report.hostile_text import hostile_text
from tests.report.rehearsal_samples import KEYS, TABLES, ran, rehearsal
from tests.report.samples import AT, BACKUP, HEAD, finding, migration, report, statement

SIZES = (0, 1, 1, 2, 3, 8, 40, 200)


def words(random: Random) -> str:
    """A name or a message: mostly short, sometimes endless."""
    return hostile_text(random, random.choice([1, 3, 8, 30])) * random.choice([1, 1, 1, 40])


def huge(random: Random, *, most: int = 200) -> Report:
    number = min(most, random.choice(SIZES))
    migrations = tuple(_judged(random, place) for place in range(number))
    made = report(
        *migrations,
        targets=tuple(
            _progress(random, n, migrations) for n in range(random.choice([0, 1, 2, 25]))
        ),
        approvals=tuple(
            Approval(words(random), HEAD, AT) for _ in range(random.choice([0, 1, 30]))
        ),
        stale=tuple(
            StaleApproval(
                words(random), words(random), (words(random),) * random.choice([0, 1, 60])
            )
            for _ in range(random.choice([0, 1, 30]))
        ),
        needed=random.choice([0, 1, 2]),
        merged=random.choice([True, False]),
        rehearsed=random.choice([0, 7]),
    )
    if random.random() < 0.5:
        return made
    done = rehearsal(*(_rehearsed(random, each) for each in migrations))
    done = replace(done, touched=Touched(_changes(random), TABLES, KEYS), notes=(words(random),))
    return replace(made, review=replace(made.review, rehearsal=done))


def _judged(random: Random, place: int) -> JudgedMigration:
    name = f"{20260101000000 + place}_{hostile_text(random, 2)}".replace("/", "_")[:200]
    made = migration(
        name, *(_statement(random, place, n) for n in range(random.choice(SIZES[1:-1])))
    )
    found = tuple(_finding(random, made) for _ in range(random.choice([0, 0, 1, 3, 60])))
    return replace(made, findings=found)


def _statement(random: Random, place: int, index: int) -> JudgedStatement:
    """Between marks of its own, so that half a statement would be seen."""
    filler = words(random).replace("\n\n", "\n") * random.choice([1, 1, 1, 20])
    effects = Effects(
        locks=(Lock(words(random), LockMode.ACCESS_EXCLUSIVE),), loses=(words(random),)
    )
    return statement(
        f"begin-{place}-{index}- {filler} -end-{place}-{index}-",
        index=index,
        line=2 * index + 1,
        kind=words(random)[:80],
        effects=effects if random.random() < 0.2 else Effects(),
    )


def _finding(random: Random, judged: JudgedMigration) -> Finding:
    many = len(judged.statements)
    return finding(
        judged,
        random.choice(["index-create-blocking", "column-type-rewrite", hostile_text(random, 2)]),
        severity=random.choice(list(Severity)),
        message=words(random),
        why=words(random),
        fix=words(random),
        statement=random.choice([None, *range(many)]),
        allowed=words(random) if random.random() < 0.1 else None,
    )


def _progress(random: Random, number: int, migrations: tuple[JudgedMigration, ...]) -> Progress:
    names = [each.migration.name for each in migrations]
    return Progress(
        f"target-{number}",
        Kind.PRODUCTION,
        random.choice(list(State)),
        at=AT - timedelta(hours=random.randint(0, 9)),
        seconds=random.random() * 9000,
        migrations=tuple(names[: random.randint(0, len(names))]),
        gates=tuple(_gate(random) for _ in range(random.choice([0, 2, 30]))),
        backup=replace(BACKUP, id=words(random), proof=words(random)),
        message=words(random),
        hint=words(random),
        run_url="https://github.com/acme/shop/actions/runs/5",
        failed=random.choice([None, words(random)]),
        drift=Drift(DriftMode.REPORT, (words(random),) * 30, more=9),
        checks=(Check("queries", fine=False, message=words(random)),),
        notes=(words(random),) * random.choice([0, 9]),
    )


def _gate(random: Random) -> Gate:
    people = tuple(words(random) for _ in range(random.choice([0, 1, 9])))
    return Gate(
        words(random)[:200],
        random.choice([True, False]),
        words(random),
        words(random),
        people,
        people[:1],
        overridden=random.choice(["", words(random)]),
    )


def _rehearsed(random: Random, judged: JudgedMigration) -> RehearsedMigration:
    lock = MeasuredLock(words(random), LockMode.ACCESS_EXCLUSIVE, held_ms=9.0)
    refused = Refusal(Stop.REFUSED, words(random), statement=0, hint=words(random))
    return RehearsedMigration(
        judged.migration.name,
        tuple(ran(each.statement.index, 1.0, lock) for each in judged.statements),
        refused=refused if random.random() < 0.2 else None,
        stays=(words(random),),
        changes=_changes(random),
    )


def _changes(random: Random) -> Differences:
    names = [f"public.{words(random)}" for _ in range(random.choice([1, 5, 300]))]
    return Differences(added=tuple(Change("table", each, after=()) for each in names))
