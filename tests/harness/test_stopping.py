"""Runs that are cancelled, and runners that are lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import HarnessError, Interruption, Run
from tests.harness.test_workflow import run

JOBS = """
first:
  runs-on: ubuntu-24.04
  permissions: {}
  steps:
    - {name: Begin, run: echo begun}
    - name: Work
      run: |
        trap 'echo asked to stop; exit 130' INT
        echo working
        touch STARTED
        for _ in $(seq 200); do sleep 0.05; done
        echo worked
    - {name: Next, run: echo next}
    - {name: Sweep, if: always(), run: "echo swept after ${{ job.status }}"}
    - {name: Cancelled, if: cancelled(), run: echo cancelled}
    - {name: Failed, if: failure(), run: echo failed}
second:
  needs: first
  if: CONDITION
  runs-on: ubuntu-24.04
  permissions: {}
  steps:
    - run: echo "second after ${{ needs.first.result }}"
"""
SHORT = (2.0, 0.2)


def stopped(
    tmp_path: Path, cut: Interruption, *, condition: str = "always()", jobs: str = JOBS
) -> Run:
    jobs = jobs.replace("STARTED", str(tmp_path / "started")).replace("CONDITION", condition)
    return run(tmp_path, jobs, interruption=cut)


def in_the_middle(tmp_path: Path, *, lost: bool = False) -> Interruption:
    once = (tmp_path / "started").exists
    return Interruption("first", "Work", lost=lost, once=once, patience=SHORT)


def test_a_cancelled_job_is_asked_to_stop_and_cleans_up(tmp_path: Path) -> None:
    done = stopped(tmp_path, in_the_middle(tmp_path))
    first = done.jobs["first"]
    assert first.log == "begun\nworking\nasked to stop\nswept after cancelled\ncancelled\n"
    outcomes = ["success", "cancelled", "skipped", "success", "success", "skipped"]
    assert [step.outcome for step in first.steps] == outcomes
    assert (first.result, done.conclusion) == ("cancelled", "cancelled")
    assert done.jobs["second"].log == "second after cancelled\n"


def test_a_script_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    deaf = JOBS.replace("trap 'echo asked to stop; exit 130' INT", "trap '' INT TERM")
    cut = replace(in_the_middle(tmp_path), patience=(0.1, 0.1))
    assert stopped(tmp_path, cut, jobs=deaf).jobs["first"].steps[1].outcome == "cancelled"


def test_nothing_more_is_done_where_a_runner_is_lost(tmp_path: Path) -> None:
    done = stopped(tmp_path, in_the_middle(tmp_path, lost=True))
    first = done.jobs["first"]
    assert first.log == "begun\nworking\n"
    assert [step.outcome for step in first.steps] == ["success", "cancelled", *["skipped"] * 4]
    assert (first.result, done.conclusion) == ("failure", "failure")
    assert done.jobs["second"].log == "second after failure\n"


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ("always()", "success"),
        ("cancelled()", "success"),
        ("'!cancelled()'", "cancelled"),
        ("success()", "cancelled"),
        ("failure()", "cancelled"),
    ],
)
def test_after_a_cancellation_only_those_jobs_run_that_ask_for_it(
    tmp_path: Path, condition: str, result: str
) -> None:
    done = stopped(tmp_path, Interruption("first", "Begin"), condition=condition)
    log = "begun\nswept after cancelled\ncancelled\n"
    assert done.jobs["first"].log == log
    assert done.jobs["second"].result == result


def test_an_interruption_that_never_comes_is_an_error(tmp_path: Path) -> None:
    never = Interruption("first", "Begin", once=lambda: False)
    with pytest.raises(HarnessError, match="ended before it came to where"):
        stopped(tmp_path, never)
