"""Sentences about a rehearsed migration, and about the rehearsal."""

from dataclasses import replace

import pytest

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    DataKind,
    Isolation,
    Rehearsal,
    RehearsalData,
    RehearsedMigration,
    SchemaAgreement,
)
from bot.core.schemas.schema import Change, Differences
from bot.report.rehearsals.setting import (
    isolation_words,
    read_and_run,
    rehearsed_title,
    seconds_words,
    setting_lines,
    steps_words,
    total_seconds,
)
from bot.report.rehearsals.words import (
    down_words,
    estimate_words,
    measured_words,
    ms_words,
    range_words,
    refusal_words,
    schema_lines,
    schema_summary,
    second_words,
    stays_words,
)
from tests.report.rehearsal_samples import (
    RAN_COUPONS,
    RAN_TYPE,
    SERVER,
    ran,
    rehearsal,
    rehearsal_samples,
)
from tests.report.samples import TYPE

REFUSED = Refusal(Stop.REFUSED, 'relation "x"\nalready exists', 0, "42P07")


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0.0, "under 0.1 ms"),
        (0.3, "0.3 ms"),
        (2.0, "2 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (420.0, "420 ms"),
        (1240.0, "1.2 s"),
        (200_000.0, "3 min 20 s"),
    ],
)
def test_times_have_no_more_digits_than_they_are_worth(milliseconds: float, words: str) -> None:
    assert ms_words(milliseconds) == words


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (70_000, 200_000, "about 70 to 200 s"),
        (72_800, 208_000, "about 73 to 210 s"),
        (3, 9, "about 3 to 9 ms"),
        (700, 2_000, "about 0.7 to 2 s"),
        (120_000, 600_000, "about 2 to 10 min"),
        (3_600_000, 14_400_000, "about 1 to 4 h"),
        (200, 200, "about 200 ms"),
    ],
)
def test_a_range_is_in_the_unit_of_its_end(least: float, most: float, words: str) -> None:
    assert range_words(least, most) == words


def test_an_estimate_shows_its_arithmetic_and_its_name() -> None:
    assert estimate_words(RAN_TYPE.estimates[0], line=1) == (
        "line 1, orders: 12 MB in 312 ms here; 4 GB on production: about 73 to 210 s, an estimate; "
        "all reads and writes wait for up to about 210 s."
    )
    rows = replace(
        RAN_TYPE.estimates[0], unit="rows", measured_units=1, lock=LockMode.ROW_EXCLUSIVE
    )
    assert estimate_words(rows).startswith("orders: 1 row in 312 ms here; 4,000,000,000 rows on")
    assert estimate_words(rows).endswith("an estimate.")


def test_a_refusal_is_one_line_with_its_code() -> None:
    assert refusal_words(REFUSED) == ('PostgreSQL refused it (42P07): relation "x" already exists')
    assert refusal_words(Refusal(Stop.SERVER, "")) == "the server went down"
    endless = refusal_words(Refusal(Stop.REFUSED, "x" * 10_000))
    assert len(endless) < 350
    assert endless.endswith("…")


def test_what_stays_is_said_even_if_it_is_nothing() -> None:
    assert stays_words(()).startswith("In production nothing of it would stay")
    assert stays_words(("an index",)) == "In production this would stay: an index."


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (DownProof(), "is proved: up, down, the schema is as before, and up again."),
        (DownProof(refused=REFUSED), "does not run: PostgreSQL refused it (42P07): "),
        (DownProof(left=("removed index i",)), "does not lead back to the schema as it was: "),
        (DownProof(up_refused=REFUSED), "runs, but after it the migration does not run again: "),
        (DownProof(again=("added table t",)), "runs, but after it the second time up ends in "),
        (DownProof(left=("a",), up_refused=REFUSED), "does not lead back to the schema as it was: "
         "a. After it the migration does not run again: "),
    ],
)  # fmt: skip
def test_a_down_script_is_proved_or_the_fault_is_named(proof: DownProof, words: str) -> None:
    assert down_words(proof).startswith(words)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (SecondRun(), "changes nothing."),
        (SecondRun(changed=("added row",)), "runs through and changes more: added row."),
        (SecondRun(REFUSED), 'is refused and changes nothing: relation "x" already exists.'),
        (
            SecondRun(REFUSED, ("added index i",)),
            'stops half-way: relation "x" already exists. It leaves behind: added index i.',
        ),
    ],
)
def test_a_second_run_is_told_in_a_sentence(second: SecondRun, words: str) -> None:
    assert second_words(second) == words


def test_the_schema_difference_is_compact() -> None:
    assert schema_lines(RAN_COUPONS.changes) == ("+ table coupons (2 columns)",)
    assert schema_lines(RAN_TYPE.changes) == (
        "- index orders.orders_total_idx",
        "~ column orders.total: type: integer → bigint",
    )
    assert schema_summary(RAN_TYPE.changes) == "1 changed and 1 removed"
    hostile = Differences(added=(Change("table", "public.x\n- table users", after=()),))
    assert schema_lines(hostile) == ("+ table x - table users",)


def test_a_migration_says_how_long_it_took_and_may_take() -> None:
    assert measured_words(rehearsal(RAN_TYPE), TYPE) == (
        "316 ms when rehearsed, about 73 to 210 s on `production` (an estimate)"
    )
    stopped = RehearsedMigration(TYPE.migration.name, refused=REFUSED)
    assert measured_words(rehearsal(stopped), TYPE) == "❌ stopped when rehearsed"
    assert measured_words(None, TYPE) == ""


def test_the_title_says_where_how_long_and_on_what() -> None:
    where, circumstances = rehearsed_title(rehearsal())
    assert where == "Rehearsed on PostgreSQL 18.6 (embedded)"
    assert circumstances == "in 0.4 s, on top of 820 migrations (all from the cache)"
    some = rehearsal(base=BaseReplay(migrations=3, cached=2))
    assert rehearsed_title(some)[1].endswith("on top of 3 migrations (2 from the cache)")
    none = rehearsal(base=BaseReplay())
    assert rehearsed_title(none)[1].endswith("on an empty database")
    assert rehearsed_title(Rehearsal(problem="x")) == ("Not rehearsed", "")


def test_without_a_clock_the_measured_times_are_added_up() -> None:
    made = Rehearsal(
        base=BaseReplay(seconds=1.0), migrations=(RehearsedMigration("x", (ran(0, 500.0),)),)
    )
    assert total_seconds(made) == 1.5


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.06, "60 ms"), (0.42, "0.4 s"), (3.1, "3.1 s"), (600, "10 min")]
)
def test_seconds_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert seconds_words(seconds) == words


def test_what_differs_from_the_target_is_said() -> None:
    server = replace(SERVER, wanted=16, shims=("pgcrypto",))
    lines = setting_lines(rehearsal(server=server, notes=("A role was made up",)))
    assert lines[0].startswith("The target has PostgreSQL 16, this was 18:")
    assert "These extensions were replaced by SQL that does the same: pgcrypto." in lines
    assert "A role was made up." in lines


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (RehearsalData(), "The tables were empty: times say nothing about full ones."),
        (
            RehearsalData(DataKind.SEED, 1, 900, 0.2),
            "On the rows of the seed script (1 row, 900 bytes), which took 0.2 s.",
        ),
        (
            RehearsalData(DataKind.BACKUP, 5_000, 10**9, 70.0),
            "On the rows of a restored backup (5,000 rows, 1 GB), which took 1 min 10 s.",
        ),
        (
            RehearsalData(DataKind.BACKUP, 5_000, 10**9, 70.0, source="2026-production"),
            "On the real rows of the backup 2026-production (5,000 rows, 1 GB).",
        ),
        (
            RehearsalData(DataKind.SYNTHETIC, 5, 9, 1.0, guessed=True),
            "No sizes of a target were known (--target, --stats, or stats.file): every table got "
            "the same share, and nothing is estimated.",
        ),
    ],
)
def test_the_rows_are_named(data: RehearsalData, words: str) -> None:
    assert words in setting_lines(rehearsal(data=data))


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (SchemaAgreement("7.10"), "schema.prisma agrees with what the migrations end in"),
        (SchemaAgreement("7.10", ("[+] a",)), "schema.prisma differs from what the migrations"),
        (SchemaAgreement(problem="no Prisma"), "schema.prisma was not compared: no Prisma."),
    ],
)
def test_the_agreement_of_the_schema_is_said(schema: SchemaAgreement, words: str) -> None:
    assert any(each.startswith(words) for each in setting_lines(rehearsal(schema=schema)))


def test_isolation_is_one_line_and_does_not_boast() -> None:
    assert isolation_words(SERVER.isolation) == (
        "The server ran as the system user nobody, without a network, "
        "with at most 1 GB of memory, 2 GB of disk and 10 min."
    )
    assert isolation_words(Isolation()) == (
        "The server ran as a system user that is not known, with a network."
    )
    own = Isolation("runner", own_user=False, network=False)
    assert "as the system user runner, which is the bot's own, without a network" in (
        isolation_words(own)
    )


def test_only_statements_that_ran_to_their_end_are_counted() -> None:
    made = rehearsal_samples()
    assert steps_words(made["rehearsed_failed"].review) == "2 of 4 statements"
    assert steps_words(made["rehearsed"].review) == "2 statements"


def test_a_review_says_whether_all_was_run() -> None:
    made = rehearsal_samples()
    assert read_and_run(made["rehearsed"].review) == "read, and run on PostgreSQL 18.6"
    for name in ("rehearsed_failed", "not_rehearsed", "rehearsed_history_failed"):
        assert read_and_run(made[name].review) == "read, though not all could be run"
