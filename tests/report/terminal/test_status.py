"""`status` in a terminal, and what `plan` shows of the same."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.drift.deviation import Deviation, Deviations
from bot.core.drift.look import DriftState, Look
from bot.core.drift.policy import Matter
from bot.core.gates.gate import Gate
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.last import LastBackup, LastDrift, LastRollout
from bot.core.rollouts.plan import Plan, make_plan
from bot.core.rollouts.standing import MigrationState
from bot.core.rollouts.status import Details, Halt, TargetStatus
from bot.core.schemas.schema import Change
from bot.core.targets.target import Kind
from bot.report.terminal.rollout import plan_text
from bot.report.terminal.status import STATE_WORDS, status_text
from tests.fakes import applied, marked, migration
from tests.fakes.values import NOON
from tests.report.samples import COUPONS, HOSTILE, NOTE, PRODUCTION_CLOSED

PLAN = Plan("production", (COUPONS.migration, NOTE.migration), applied=("a", "b"))
INIT = migration("20260101000000_init", "CREATE TABLE a ()")
MIXED = migration("20260102000000_mixed", "ALTER TABLE a ADD n int;")
MORE = migration("20260103000000_more", "SELECT 3")
LATE = migration("20260104000000_late", "SELECT 4")


def of(plan: Plan, details: Details | None = None, **more: object) -> str:
    found = TargetStatus(plan.target, Kind.STAGING, plan, details=details or Details(), **more)  # type: ignore[arg-type]
    return status_text([found])


def test_every_disagreement_is_named_with_what_settles_it() -> None:
    names = tuple(f"m{number:02}" for number in range(12))
    text = plan_text(Plan("x", missing=names, failed=("c",), out_of_order=("d",)), width=200)
    assert "c was started and never finished (Prisma calls this P3009).\n  hint: Look" in text
    assert "\n    migration-bot resolve x --applied c\n" in text
    assert text.count("missing from the history.\n") == 9
    assert text.count("Apply from the branch that has it") == 1
    assert "\nand 4 more\n" in text
    assert "The database has tables and no migrations table" in plan_text(
        Plan("x", unbaselined=True)
    )


def test_status_is_one_table_with_the_details_below() -> None:
    text = status_text(
        [
            TargetStatus("staging", Kind.STAGING, Plan("staging", applied=("a",))),
            TargetStatus("production", Kind.PRODUCTION, PLAN, PRODUCTION_CLOSED.gates),
            TargetStatus("old", Kind.STAGING, problem="Not reached.", hint="Is it up?"),
            TargetStatus("odd", Kind.STAGING, Plan("odd", failed=("zz",))),
            TargetStatus("next", Kind.STAGING, PLAN),
            TargetStatus("new", Kind.STAGING, replace(PLAN, applied=())),
            TargetStatus("bare", Kind.STAGING, Plan("bare", unbaselined=True)),
        ]
    )
    rows = [line.split(maxsplit=5) for line in text.split("\n\n")[0].splitlines()]
    assert rows[0] == ["target", "kind", "applied", "pending", "failed", "state"]
    assert [row[5] for row in rows[2:]] == [
        "up to date",
        "on hold: approval",
        "could not be read",
        "a migration failed",
        "ready",
        "never applied",
        "needs a baseline",
    ]
    assert "\nold\n  Not reached.\n    hint: Is it up?\n" in text
    assert "\nodd\n  zz was started and never finished" in text


def test_a_target_is_a_row_for_each_migration_that_is_not_settled() -> None:
    rows = [applied(INIT), replace(marked(MORE), checksum="0" * 64), applied(LATE)]
    text = of(make_plan("staging", [INIT, MIXED, MORE, LATE], rows))

    assert "\n  2 applied, 1 out of order, 1 edited.\n" in text
    table = text.partition("\nmigration ")[2].partition("\n\n")[0].splitlines()[2:]
    assert [re.split(" {2,}", each.strip()) for each in table] == [
        ["20260102000000_mixed", "out of order"],
        ["20260103000000_more", "edited", "2026-11-22 12:00"],
    ]


def test_what_is_settled_is_counted_when_somebody_asks_for_the_target() -> None:
    plan = make_plan("staging", [INIT, MIXED], [marked(INIT), applied(MIXED)])

    assert "1 applied, 1 marked as applied." not in of(plan)
    assert of(plan, named=True).endswith("\nstaging\n  1 applied, 1 marked as applied.\n")


def test_an_interrupted_migration_says_where_it_goes_on_and_why_it_stopped() -> None:
    row = replace(applied(MIXED, finished=False), logs=Checkpoint("c", ("a",)).text())
    plan = make_plan("staging", [INIT, MIXED], [applied(INIT), row])
    halt = Halt(MIXED.name, 1, 3, line=4, reason="line 4: no such column.")
    text = of(plan, Details({MIXED.name: halt}))

    assert re.search(r"staging +staging +1 +1 +0 +interrupted\n", text)
    said = " ".join(text.split())
    assert f"{MIXED.name} was interrupted, 1 of 3 parts applied: line 4: no such column." in said
    assert "hint: `migration-bot apply staging` goes on at line 4." in said
    edited = of(plan, Details({MIXED.name: Halt(MIXED.name, 1, problem="It was edited.")}))
    assert "cannot go on: It was edited." in " ".join(edited.split())


def test_while_somebody_holds_the_lock_what_is_unfinished_is_running() -> None:
    plan = make_plan("staging", [INIT], [applied(INIT, finished=False)], running=True)
    text = of(plan, lock_holder="psql (process 7)")

    assert "a rollout is running" in text
    assert "P3009" not in text
    assert "20260101000000_init   running   2026-11-22 12:00\n" in text


def test_an_edited_migration_tells_how_to_see_what_was_changed() -> None:
    edited = replace(INIT, sql="CREATE TABLE b ()")
    plan = make_plan("staging", [edited], [applied(INIT)])
    text = of(plan, Details(commits={INIT.name: "c" * 40}))

    assert f"\n      git diff cccccccccccc -- {INIT.path}\n" in text
    assert f"\n      git log -p -- {INIT.path}\n" in of(plan)


def test_every_state_has_a_word() -> None:
    assert set(STATE_WORDS) == set(MigrationState)


def test_no_target_is_said() -> None:
    assert status_text([]) == "No target is configured.\n"


def test_hostile_names_cannot_drive_the_terminal() -> None:
    gate = Gate(HOSTILE, open=False, reason=HOSTILE, hint=HOSTILE)
    lost = TargetStatus(HOSTILE, Kind.STAGING, problem=HOSTILE, gates=(gate,))
    row = replace(applied(migration(HOSTILE), finished=False), logs=HOSTILE)
    bad = TargetStatus(HOSTILE, Kind.STAGING, make_plan(HOSTILE, [], [row]))
    for text in (status_text([lost]), status_text([bad])):
        assert not set(text) & set("\x1b\x00\u202e")


LONG_AGO = NOON - timedelta(days=3, hours=2)
SEVERAL = [
    TargetStatus(
        "staging",
        Kind.STAGING,
        Plan("staging", applied=("a",)),
        rollout=LastRollout(LONG_AGO, "applied", 12.0, "ada"),
        now=NOON,
    ),
    TargetStatus(
        "production",
        Kind.PRODUCTION,
        PLAN,
        PRODUCTION_CLOSED.gates,
        rollout=LastRollout(LONG_AGO, "applied"),
        backup=LastBackup(LONG_AGO, "restore", fine=True),
        proves=True,
        now=NOON,
    ),
    TargetStatus("old", Kind.STAGING, problem="Not reached.", hint="Is it up?", now=NOON),
    TargetStatus("new", Kind.STAGING, problem="NEW is not set", unset=True),
]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    text = status_text(SEVERAL, width=width)
    assert max(map(len, text.splitlines())) <= width
    told = " ".join(text.split())
    assert "\x1b" not in text
    if width != 120:
        assert "3 d 2 h ago, applied in 12.0 s by ada" in told
        assert "3 d 2 h ago, proved (restore)" in told


def test_a_wide_table_has_what_happened_last() -> None:
    head, _, staging, production, old, new = status_text(SEVERAL, width=200).splitlines()[:6]
    assert re.split(" {2,}", head)[-2:] == ["last rollout", "last backup"]
    assert staging.endswith("   3 d 2 h ago, applied in 12.0 s by ada")
    assert production.endswith("   3 d 2 h ago, proved (restore)")
    assert old.endswith("could not be read")
    assert new.endswith("not configured")


def test_a_backup_that_is_wanted_and_not_known_is_said() -> None:
    wanted = replace(SEVERAL[1], backup=None)
    assert "last backup none known" in status_text([wanted], width=80)
    assert "last backup" not in status_text([replace(wanted, proves=False)], width=80)
    differs = replace(wanted, backup=LastBackup(LONG_AGO, "decode", fine=False))
    assert "last backup 3 d 2 h ago, proved to differ" in " ".join(
        status_text([differs], width=80).split()
    )


def test_a_narrow_page_has_a_list() -> None:
    text = status_text(SEVERAL, width=40)
    assert text.startswith("staging (staging)\n  up to date\n  1 applied, 0 pending\n")
    assert "\nproduction (production)\n  on hold: approval\n  2 applied, 2 pending\n" in text
    assert "\nnew (staging)\n  not configured\n" in text


def test_a_narrow_page_lists_migrations_too() -> None:
    plan = make_plan("staging", [INIT, MIXED], [applied(INIT, finished=False)])
    text = status_text([TargetStatus("staging", Kind.STAGING, plan)], width=40)
    assert f"\n  {INIT.name}\n    failed, since 2026-11-22 12:00\n" in text
    assert f"\n  {MIXED.name}\n    pending\n" in text


def test_below_the_table_what_is_wrong_comes_first() -> None:
    text = status_text(SEVERAL, width=80)
    assert "\nold needs somebody.\nnew was not looked at: NEW is not set.\n" in text
    assert text.index("\nold\n") < text.index("\nproduction\n")


def test_one_sentence_says_how_it_all_is() -> None:
    fine, pending, unset = SEVERAL[0], SEVERAL[1], SEVERAL[3]
    assert "Nothing is wrong; something is pending on production." in status_text([fine, pending])
    assert "\nEverything is up to date.\n" in status_text([fine, fine])
    assert "\nEverything that is configured here is up to date.\n" in status_text([fine, unset])
    assert "\nNone of them can be looked at from here.\n" in status_text([unset, unset])
    assert "up to date." not in status_text([fine])


def test_what_is_ready_says_what_applies_it() -> None:
    hint = "hint: `migration-bot apply production` applies what is pending."
    assert hint in of(PLAN)
    assert hint not in of(PLAN, gates=PRODUCTION_CLOSED.gates)
    assert hint not in of(PLAN, lock_holder="psql (process 7)")
    assert hint not in of(replace(PLAN, failed=("zz",)))


def looked(state: DriftState, *told: Deviation) -> TargetStatus:
    look = Look("staging", Kind.STAGING, state, NOON, deviations=Deviations(told, told))
    return TargetStatus("staging", Kind.STAGING, Plan("staging", applied=("a",)), look=look)


def test_drift_has_a_column_once_something_is_known_of_it() -> None:
    added = Deviation(Change("table", "public.hot", None, (("owner", "tom"),)), Matter.STRUCTURE)
    text = status_text([looked(DriftState.DRIFTED, added), looked(DriftState.CLEAN)])
    head, _, drifted, clean = text.splitlines()[:4]
    assert head.endswith("drift")
    assert drifted.endswith("up to date   1 difference")
    assert clean.endswith("up to date   none")
    assert "\nstaging needs somebody.\n" in text
    assert "drift" not in status_text(SEVERAL)


def test_what_the_last_rollout_saw_of_drift_is_told_with_its_age() -> None:
    seen = replace(SEVERAL[0], drift=LastDrift(LONG_AGO, ("lacks table a", "lacks table b")))
    text = status_text([seen], width=200)
    assert "2 differences, 3 d 2 h ago" in " ".join(text.split())
    assert "The rollout of 2026-11-19 10:00 UTC saw 2 differences from what was applied." in text
    assert "hint: `migration-bot drift staging` looks again." in text
    assert "drift: 2 differences, 3 d 2 h ago\n" in status_text([seen], width=40)


def test_colour_says_what_needs_somebody_and_is_left_out_elsewhere() -> None:
    text = status_text(SEVERAL, width=80, colour=True)
    rows = {re.sub("\x1b\\[[0-9;]*m", "", each).split()[0]: each for each in text.splitlines()[2:6]}
    assert "\x1b[1;31m" in rows["old"]
    assert "\x1b[33m" in rows["production"]
    assert "\x1b[2m" in rows["new"]
    assert "\x1b" not in rows["staging"]
    assert "\x1b" not in status_text(SEVERAL, width=80)


def test_what_others_wrote_down_is_cut_short() -> None:
    long = LastRollout(LONG_AGO, "x" * 5000, by=HOSTILE + "y" * 5000)
    text = status_text([replace(SEVERAL[0], rollout=long)], width=200)
    assert len(text) < 1000
    assert not set(text) & set("\x1b\x00\u202e")
