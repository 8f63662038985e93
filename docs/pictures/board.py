"""A board for pictures and tests of the pages: real SQL, really judged, on targets that are values.

What people and targets would have done is made up; everything else is what the bot finds.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.adapters.postgres.rehearsal.expected import expected
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.backups.backup import Manifest, Proof, StoredBackup, TableContent
from bot.core.backups.level import Level
from bot.core.backups.stored import Stray
from bot.core.board.board import Board, TargetBoard
from bot.core.board.schema import SchemaBoard
from bot.core.board.unread import Unread
from bot.core.board.waves import TenantBoard, TenantStanding, WaveBoard
from bot.core.drift.deviation import Deviation, Deviations
from bot.core.drift.look import DriftState, Look, Script
from bot.core.drift.policy import Matter
from bot.core.findings.review import JudgedMigration, Review
from bot.core.gates.gate import Gate
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rehearsals.rehearsal import (
    Measured,
    MeasuredLock,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.core.rollouts.audit import Leave, Rollout, Sealed, Signature, Trigger, record_of
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.progress import AppliedResult, BackupSummary, Progress, State
from bot.core.rollouts.status import TargetStatus
from bot.core.rollouts.survey import Look as TenantLook
from bot.core.rollouts.survey import Survey
from bot.core.schemas.draft import DraftedStatement
from bot.core.schemas.schema import Change as SchemaChange
from bot.core.schemas.schema import Differences
from bot.core.settings import Settings
from bot.core.targets.target import Kind
from bot.demo.project import platform_files
from bot.drafting.draft import draft
from bot.flows.reviewing.rehearsal_order import order_for, schema_order
from bot.judge.judge import judge
from bot.judge.rehearsed import with_rehearsal
from bot.rehearsing.by_itself import each_by_itself
from bot.rules import RULES
from docs.pictures.states import BLOCKED, CALM, FOLDER, HEAD, NOW, sixty

REPOSITORY = "https://github.com/acme/platform"
_RUN = f"{REPOSITORY}/actions/runs/987654{{}}"
_GATES = (
    Gate("after staging", True, "staging has applied exactly this text"),
    Gate(
        "approval",
        False,
        "1 of 2 for risk HIGH",
        "Ask one of @acme/dba to approve the last commit.",
        waits_for=("@acme/dba",),
        given_by=("grace",),
    ),
    Gate("freeze", True, "no freeze until Fri 16:00 (Europe/Berlin)"),
    Gate("backup", True, "the last one was proved 2 h 4 min ago"),
)


def history(many: int = 12) -> tuple[Migration, ...]:
    """The platform's own, and `many` besides."""
    base = {
        path.split("/")[2]: sql
        for path, sql in platform_files().items()
        if path.endswith("/migration.sql")
    }
    texts = base | dict(list(sixty().items())[: many - 4]) | CALM | BLOCKED
    return tuple(
        Migration(name, f"{FOLDER}/{name}/migration.sql", sql) for name, sql in texts.items()
    )


def judged(migrations: Sequence[Migration], *, rehearsal: bool = False) -> Review:
    """As `check --all` judges them; with a rehearsal, on a server of this machine."""
    change = Change(head=History(FOLDER, tuple(migrations), provider="postgresql"), now=NOW)
    found = judge(change, RULES)
    if not rehearsal:
        return found
    order = order_for(change, found, Settings(), DataOrder()).order
    measured = rehearse(order, environ=os.environ, drafter=draft)
    told = with_rehearsal(found, measured, RULES, folder=FOLDER, today=NOW.date())
    return each_by_itself(told)


def as_predicted(review: Review) -> Review:
    """With a rehearsal that nobody ran: each statement did what was foreseen, in its own time."""
    found = tuple(
        RehearsedMigration(
            each.migration.name,
            tuple(
                RehearsedStatement(
                    one.statement.index,
                    Measured(
                        1.5 + one.statement.index,
                        locks=tuple(
                            MeasuredLock(lock.relation, lock.mode, lock.new, 40.0)
                            for lock in one.effects.locks
                        ),
                    ),
                )
                for one in each.statements
            ),
            changes=Differences(added=(SchemaChange("index", "public.users.by_name", after=()),)),
        )
        for each in review.migrations
    )
    return replace(review, rehearsal=Rehearsal(migrations=found))


def schema_of(migrations: Sequence[Migration]) -> SchemaBoard:
    """The last two beside all before them, made by a server of this machine."""
    applied, pending = migrations[:-2], migrations[-2:]
    order = schema_order(applied, pending, Settings(), postgres=18, schema="public")
    found = expected(order, environ=os.environ)
    return SchemaBoard(found.before, found.after, "production", found.problem)


def sample_board(review: Review, schema: SchemaBoard | None = None) -> Board:
    """Production waits for an approval, staging has drifted, development was edited."""
    migrations = tuple(each.migration for each in review.migrations)
    return Board(
        at=NOW,
        version="0.1.0",
        project="acme/platform",
        folder=FOLDER,
        review=review,
        migrations=tuple(review.migrations),
        targets=(
            _development(migrations),
            _staging(migrations),
            _production(migrations),
            _tenants(migrations),
        ),
        schema=schema or SchemaBoard(problem="nobody asked for it"),
        unread=(
            Unread(
                "reviews and deployments on GitHub, by which gates are told",
                "no GitHub token is at hand",
                "Set GITHUB_TOKEN and GITHUB_REPOSITORY where `migration-bot report` runs.",
            ),
        ),
        commit=HEAD,
        repository=REPOSITORY,
    )


def _row(migration: Migration, at: datetime) -> AppliedMigration:
    checksum = migration.checksum
    return AppliedMigration(
        f"id-{migration.name}", migration.name, checksum, at, at, applied_steps_count=1
    )


def _rows(migrations: Sequence[Migration]) -> list[AppliedMigration]:
    start = NOW - timedelta(days=len(migrations))
    return [_row(each, start + timedelta(days=n)) for n, each in enumerate(migrations)]


def _development(migrations: Sequence[Migration]) -> TargetBoard:
    rows = _rows(migrations)
    rows[-3] = replace(rows[-3], checksum="0" * 64)
    plan = make_plan("development", migrations, rows)
    return TargetBoard(TargetStatus("development", Kind.DEVELOPMENT, plan))


def _staging(migrations: Sequence[Migration]) -> TargetBoard:
    plan = make_plan("staging", migrations, _rows(migrations))
    status = TargetStatus("staging", Kind.STAGING, plan, look=_drifted())
    records = tuple(
        _record("staging", Kind.STAGING, part, NOW - timedelta(hours=3 + 24 * n), number=n)
        for n, part in enumerate((migrations[-2:], migrations[-4:-2]))
    )
    return TargetBoard(status, records=records, backups=(_backup("staging", 1, None),))


def _drifted() -> Look:
    index = SchemaChange("index", "public.verifications.by_hand", after=(("definition", "…"),))
    comment = SchemaChange("comment", "table public.users", after=(("text", "Do not touch"),))
    mend = Script((DraftedStatement("DROP INDEX public.by_hand"),))
    found = tuple(
        Deviation(each, matter, stops)
        for each, matter, stops in (
            (index, Matter.STRUCTURE, True),
            (comment, Matter.COMMENTS, False),
        )
    )
    return Look(
        "staging",
        Kind.STAGING,
        DriftState.DRIFTED,
        NOW - timedelta(minutes=1),
        applied=10,
        deviations=Deviations(found, found),
        mend=mend,
    )


def _production(migrations: Sequence[Migration]) -> TargetBoard:
    plan = make_plan("production", migrations, _rows(migrations[:-2]))
    status = TargetStatus("production", Kind.PRODUCTION, plan, gates=_GATES)
    done = migrations[-4:-2]
    records = (
        _record("production", Kind.PRODUCTION, done, NOW - timedelta(hours=26), number=3),
        _record(
            "production", Kind.PRODUCTION, done, NOW - timedelta(hours=30), number=2, failed=True
        ),
        _record("production", Kind.PRODUCTION, migrations[:3], NOW - timedelta(days=9), number=1),
    )
    backups = tuple(
        _backup("production", hours, level)
        for hours, level in ((2, Level.CONTENT), (26, Level.RESTORE), (74, Level.DECODE))
    )
    stray = Stray("20261101T020000Z-production-12", "it was broken off, and has no manifest")
    missing = Unread(
        "the drift of production", "nobody asked for it", "Add `--drift`.", asked=False
    )
    return TargetBoard(
        status,
        after="staging",
        records=records,
        backups=backups,
        strays=(stray,),
        url="https://app.acme.example",
        unread=(missing,),
    )


def _backup(target: str, hours: int, level: Level | None) -> StoredBackup:
    at = NOW - timedelta(hours=hours)
    manifest = Manifest(
        id=f"{at:%Y%m%dT%H%M%SZ}-{target}-1",
        target=target,
        database="platform",
        system_identifier="7434343434",
        server_version="18.1",
        tool_version="18.1",
        started_at=at,
        finished_at=at + timedelta(seconds=94),
        lsn="0/1A2B3C4",
        size=1_240_000_000,
        seconds=94.2,
        path="b",
        format="directory, zstd",
        tables=(TableContent("public.users", 12_403_118),),
        migration_head="20261122090000_add_partners",
        recipients=("age1qqq",),
    )
    restored = "" if level is Level.DECODE else "18.6"
    proof = Proof(manifest.id, restored, 61.0, 37, 12_403_118, level=level) if level else None
    return StoredBackup(manifest, None, "s3://acme-backups/platform", proof)


def _record(
    target: str,
    kind: Kind,
    migrations: Sequence[Migration],
    at: datetime,
    *,
    number: int,
    failed: bool = False,
) -> Sealed:
    names = tuple(each.name for each in migrations)
    done = names[:-1] if failed else names
    message = "" if not failed else f"{names[-1]}, line 2: canceling statement due to lock timeout"
    summary = BackupSummary(
        f"{at:%Y%m%dT%H%M%SZ}-{target}-1", 1_240_000_000, 94.2, at, "proved by restoring 37 tables"
    )
    progress = Progress(
        target=target,
        kind=kind,
        state=State.FAILED if failed else State.APPLIED,
        at=at,
        seconds=98.4 if kind is Kind.PRODUCTION else 0.84,
        digest="sha256:" + "3f" * 32,
        migrations=done,
        timings=tuple(AppliedResult(name, 0.004 + 0.013 * n) for n, name in enumerate(done)),
        backup=summary if kind is Kind.PRODUCTION else None,
        message=message,
        failed=names[-1] if failed else None,
    )
    rollout = Rollout(
        id=f"0c7ad2d0-4b5f-4f6e-9a53-00000000000{number}-{target}",
        progress=progress,
        at=at,
        version="0.1.0",
        commit=HEAD,
        repository=REPOSITORY,
        trigger=Trigger("ada", "push", _RUN.format(3200 + number)),
        pending=tuple(migrations),
        approvals=(Leave("grace", 42, HEAD, at), Leave("maria", 42, HEAD, at)),
    )
    return Sealed(record_of(rollout), Signature("9f86d081884c7d65", "c2lnbmF0dXJl"))


def _tenants(migrations: Sequence[Migration]) -> TargetBoard:
    """A fleet: the canary has everything, the next wave is half done."""
    sizes = {"canary": (1, 1), "early": (12, 5), "rest": (107, 0)}
    waves, looks = [], []
    for wave, (many, done) in sizes.items():
        members = []
        for n in range(many):
            name = f"{wave}-{n:03}"
            standing = TenantStanding.CURRENT if n < done else TenantStanding.BEHIND
            odd = wave == "early" and n == 6
            silent = wave == "rest" and n == 40
            if silent:
                members.append(
                    TenantBoard(name, TenantStanding.SILENT, problem="connection refused")
                )
                looks.append(TenantLook(name, problem="connection refused"))
                continue
            if odd:
                problem = "its migrations table and the history disagree"
                members.append(TenantBoard(name, TenantStanding.DISAGREES, problem=problem))
            else:
                members.append(TenantBoard(name, standing, 0 if n < done else 2))
            rows = _rows(migrations if n < done else migrations[:-2])
            if odd:
                rows[0] = replace(rows[0], checksum="0" * 64)
            looks.append(TenantLook(name, make_plan("tenants", migrations, rows)))
        waves.append(WaveBoard(wave, tuple(members)))
    survey = Survey("tenants", tuple(looks), (), tuple((w.name, len(w.tenants)) for w in waves))
    status = TargetStatus("tenants", Kind.PRODUCTION, survey.plan, fleet=survey)
    return TargetBoard(status, after="staging", waves=tuple(waves))


def many(number: int) -> Board:
    """A history of so many migrations, each with something to find."""
    names = list(sixty().values())
    migrations = [
        Migration(
            (name := f"{NOW - timedelta(hours=number - n):%Y%m%d%H%M%S}_change_{n}"),
            f"{FOLDER}/{name}/migration.sql",
            names[n % 60].replace("extra_", f"extra_{n}_"),
        )
        for n in range(number)
    ]
    review = judged([*history(4), *migrations])
    return sample_board(replace(review, migrations=tuple(_sorted(review.migrations))))


def _sorted(found: Sequence[JudgedMigration]) -> list[JudgedMigration]:
    return sorted(found, key=lambda each: each.migration.name)
