"""The rules about a rehearsal, asked with rehearsals that are given as values."""

from datetime import date

import pytest

from bot import rules
from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.review import Review
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    Estimate,
    HistoryRefusal,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
    SchemaAgreement,
)
from bot.judge.rehearsed import with_rehearsal
from tests.judging import FOLDER, review

NAME = "20240201000000_new"
SQL = "CREATE SCHEMA s;\nCREATE SCHEMA u;"


def after(rehearsal: Rehearsal, sql: str = SQL, **options: object) -> Review:
    return with_rehearsal(
        review(sql),
        rehearsal,
        rules.RULES,
        folder=FOLDER,
        today=date(2024, 3, 1),
        **options,  # type: ignore[arg-type]
    )


def of(**facts: object) -> Rehearsal:
    return Rehearsal(migrations=(RehearsedMigration(NAME, **facts),))  # type: ignore[arg-type]


def said(review: Review) -> list[tuple[str, Severity, int]]:
    return [(each.rule, each.severity, each.line) for each in review.all_findings]


def test_a_rehearsal_in_which_all_went_well_finds_nothing() -> None:
    found = after(of(statements=(RehearsedStatement(0), RehearsedStatement(1))))
    assert said(found) == []
    assert found.rehearsal is not None


@pytest.mark.parametrize(
    ("stop", "rule"),
    [
        (Stop.REFUSED, "rehearsal-failed"),
        (Stop.NOT_POSSIBLE, "rehearsal-incomplete"),
        (Stop.TIME, "rehearsal-limit"),
        (Stop.DISK, "rehearsal-limit"),
        (Stop.MEMORY, "rehearsal-limit"),
        (Stop.CONNECTION, "rehearsal-limit"),
        (Stop.SERVER, "rehearsal-limit"),
    ],
)
def test_every_way_to_stop_has_one_finding_at_its_statement(stop: Stop, rule: str) -> None:
    found = after(of(refused=Refusal(stop, "it says so", statement=1)))
    ((name, severity, line),) = said(found)
    assert (name, line) == (rule, 2)
    assert found.verdict is (Verdict.WARN if stop is Stop.NOT_POSSIBLE else Verdict.BLOCK)
    assert severity is (Severity.WARNING if stop is Stop.NOT_POSSIBLE else Severity.ERROR)


def test_what_stays_after_a_failure_is_said() -> None:
    refusal = Refusal(Stop.REFUSED, "no", statement=1)
    (kept,) = after(of(refused=refusal, stays=("added schema s",))).all_findings
    (nothing,) = after(of(refused=refusal)).all_findings
    assert "stays: added schema s" in kept.message
    assert "Nothing of the migration stays" in nothing.message


def test_a_history_that_does_not_replay_is_a_warning_about_the_history() -> None:
    refused = HistoryRefusal("2023_x", Refusal(Stop.REFUSED, "no table y", hint="Mend it."), line=7)
    (finding,) = after(Rehearsal(base=BaseReplay(refused=refused))).findings
    assert finding.rule == "rehearsal-history-failed"
    assert "2023_x, line 7: no table y." in finding.message
    assert finding.fix.startswith("Mend it. ")


def test_a_rehearsal_that_did_not_happen_is_a_notice_with_the_next_step() -> None:
    (finding,) = after(Rehearsal(problem="There is no server.", hint="Install one.")).findings
    assert (finding.rule, finding.severity) == ("not-rehearsed", Severity.NOTICE)
    assert finding.fix == "Install one."


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (DownProof(refused=Refusal(Stop.REFUSED, "no such table")), "cannot be run: no such table"),
        (DownProof(left=("added type colour",)), "not as before: added type colour"),
        (DownProof(up_refused=Refusal(Stop.REFUSED, "it is there")), "cannot be run again"),
        (DownProof(again=("removed index i",)), "up again the schema differs: removed index i"),
    ],
)
def test_a_down_script_that_does_not_lead_back_blocks(proof: DownProof, words: str) -> None:
    (finding,) = after(of(down=proof)).all_findings
    assert finding.rule == "down-script-wrong"
    assert finding.path.endswith(f"{NAME}/down.sql")
    assert words in finding.message


def test_a_proved_down_script_says_nothing() -> None:
    assert said(after(of(down=DownProof()))) == []


def test_a_second_run_is_told_of_if_it_is_half_done() -> None:
    refusal = Refusal(Stop.REFUSED, "it exists", statement=1)
    half = SecondRun(refusal, ("added index i",))
    assert [each[0] for each in said(after(of(second=half)))] == ["rehearsal-half-done"]
    assert said(after(of(second=SecondRun(refusal)))) == []
    assert said(after(of(second=SecondRun(None, ("added index i",))))) == []


def test_an_estimate_is_told_of_above_the_limit() -> None:
    def found(mode: LockMode, held_ms: float) -> list[str]:
        estimate = Estimate(
            0, "public.t", "bytes", 10, 1000, "production", 4000, 28, 80, mode, held_ms
        )
        return [each.message for each in after(of(estimates=(estimate,))).all_findings]

    (message,) = found(LockMode.ACCESS_EXCLUSIVE, 40_000)
    assert "At production's size all reads and writes of t would wait" in message
    assert "about 40 s" in message
    assert found(LockMode.ACCESS_EXCLUSIVE, 1_000) == []
    assert found(LockMode.SHARE_UPDATE_EXCLUSIVE, 40_000) == []


def test_a_disagreement_is_a_notice_at_its_statement() -> None:
    statement = RehearsedStatement(1, disagreements=("predicted this, measured that",))
    ((rule, severity, line),) = said(after(of(statements=(statement,))))
    assert (rule, severity, line) == ("rehearsal-disagreement", Severity.NOTICE, 2)


def test_schema_prisma_that_differs_is_a_warning() -> None:
    differing = SchemaAgreement("7.1", tuple(f"difference {n}" for n in range(7)))
    (finding,) = after(Rehearsal(schema=differing)).findings
    assert finding.rule == "rehearsal-schema-mismatch"
    assert finding.message.endswith("difference 4; and 2 more.")


def test_what_a_rehearsal_finds_can_be_allowed_above_the_statement() -> None:
    sql = (
        "CREATE SCHEMA s;\n"
        "-- migration-bot: allow rehearsal-incomplete because our server has it\n"
        "CREATE SCHEMA u;"
    )
    refusal = Refusal(Stop.NOT_POSSIBLE, "no such extension", statement=1)
    (finding,) = after(of(refused=refusal), sql).all_findings
    assert finding.allowed == "our server has it"


def test_an_allowance_that_no_rehearsal_needs_is_told_of_only_after_one() -> None:
    sql = "-- migration-bot: allow-file rehearsal-failed because it may\nCREATE SCHEMA s;"
    assert said(review(sql)) == []
    assert [each[0] for each in said(after(of(), sql))] == ["suppression-problem"]
    incomplete = of(refused=Refusal(Stop.NOT_POSSIBLE, "no", statement=0))
    assert [each[0] for each in said(after(incomplete, sql))] == ["rehearsal-incomplete"]


def test_severities_and_exclusions_hold_here_too() -> None:
    failed = of(refused=Refusal(Stop.REFUSED, "no", statement=1))
    assert said(after(failed, severities={"rehearsal-failed": None})) == []
    warned = after(failed, severities={"rehearsal-failed": Severity.WARNING})
    assert warned.verdict is Verdict.WARN
    excluded = after(failed, exclusions={"rehearsal-failed": Exclusion(migrations=("*_new",))})
    assert said(excluded) == []
    assert excluded.excluded == 1
