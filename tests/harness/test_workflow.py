from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.harness import (
    ActionCall,
    Environment,
    Event,
    HarnessError,
    Run,
    StepFailed,
    World,
    nothing,
    run_workflow,
)

PUSH = Event("push", {"after": "a" * 40}, sha="a" * 40)
FORK = Event(
    "pull_request",
    {
        "action": "opened",
        "pull_request": {"head": {"repo": {"full_name": "stranger/platform"}}},
    },
    sha="b" * 40,
    ref="refs/pull/7/merge",
)


def make_world(tmp_path: Path, **further: object) -> World:
    return World(
        folder=tmp_path / "runs",
        token=lambda permissions: "token for " + ",".join(map(":".join, permissions.items())),
        **({"stand_ins": {}} | further),  # type: ignore[arg-type]
    )


def run(
    tmp_path: Path, jobs: str, *, event: Event = PUSH, on: str = "push", **world: object
) -> Run:
    path = tmp_path / "workflow.yml"
    text = f"name: Trial\non: {on}\npermissions: {{}}\njobs:\n{indent(dedent(jobs), '  ')}"
    path.write_text(text, encoding="utf-8")
    return run_workflow(path, event, make_world(tmp_path, **world))


def run_steps(tmp_path: Path, steps: str, *, event: Event = PUSH, **world: object) -> Run:
    jobs = f"only:\n  runs-on: ubuntu-24.04\n  steps:\n{indent(dedent(steps), '    ')}"
    on = "[push, pull_request]"
    return run(tmp_path, jobs, event=event, on=on, **world)


def test_a_step_hands_outputs_environment_path_and_summary_on(tmp_path: Path) -> None:
    done = run_steps(
        tmp_path,
        """
        - id: first
          run: |
            echo "plain=a=b" >> "$GITHUB_OUTPUT"
            printf 'long<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_OUTPUT"
            echo "KEPT=yes" >> "$GITHUB_ENV"
            mkdir tools; printf '#!/bin/sh\\necho from tool' > tools/tool; chmod +x tools/tool
            echo "$PWD/tools" >> "$GITHUB_PATH"
            echo '# Title' >> "$GITHUB_STEP_SUMMARY"
        - env:
            LONG: ${{ steps.first.outputs.long }}
            KEPT_SEEN: ${{ env.KEPT }}
          run: echo "$LONG / $KEPT / $KEPT_SEEN / $(tool) / ${{ steps.first.outputs.plain }}"
        """,
    )
    assert done.jobs["only"].log == "one\ntwo / yes / yes / from tool / a=b\n"
    assert done.jobs["only"].summary == "# Title\n"


def test_a_step_sees_nothing_of_the_hosts_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "canary")
    log = run_steps(tmp_path, "- run: env").jobs["only"].log
    assert "canary" not in log
    assert "GITHUB_SHA=" + "a" * 40 in log
    assert "GITHUB_TOKEN" not in log


def test_a_step_cannot_change_githubs_own_variables(tmp_path: Path) -> None:
    steps = "- {run: echo $GITHUB_SHA, env: {GITHUB_SHA: forged}}"
    assert run_steps(tmp_path, steps).jobs["only"].log == "a" * 40 + "\n"


def test_after_a_failure_only_those_steps_run_that_ask_for_it(tmp_path: Path) -> None:
    done = run_steps(
        tmp_path,
        """
        - {run: exit 3, continue-on-error: true, id: forgiven}
        - run: "false | true"
        - {run: "false | true", shell: bash}
        - run: echo never
        - {run: echo failed, if: failure()}
        - {run: "echo ${{ steps.forgiven.outcome }}", if: "${{ !cancelled() }}"}
        """,
    )
    steps = done.jobs["only"].steps
    conclusions = ["success", "success", "failure", "skipped", "success", "success"]
    assert [step.conclusion for step in steps] == conclusions
    assert done.jobs["only"].log == "failed\nfailure\n"
    assert done.conclusion == "failure"


JOBS = """
production:
  needs: [staging]
  if: CONDITION
  runs-on: ubuntu-24.04
  environment: {name: production, deployment: false}
  permissions: {deployments: write}
  concurrency: {group: "deploy-${{ needs.staging.result }}", queue: max}
  steps:
    - run: echo "$URL as $TOKEN after ${{ needs.staging.outputs.digest }}"
      env:
        URL: ${{ secrets.PRODUCTION_URL }}
        TOKEN: ${{ github.token }}
staging:
  runs-on: ubuntu-24.04
  environment: staging
  outputs:
    digest: ${{ steps.plan.outputs.digest }}
  steps:
    - id: plan
      run: |
        echo "digest=d1g35t" >> "$GITHUB_OUTPUT"
        echo "sees '$URL'"
        EXIT
      env:
        URL: ${{ secrets.PRODUCTION_URL }}
"""


def run_jobs(
    tmp_path: Path, *, condition: str = "success()", exit_: str = "", opens: bool = True
) -> Run:
    environments = {
        "production": Environment(
            secrets={"PRODUCTION_URL": "postgresql://prod"},
            protection=lambda request: opens and request.job == "production",
        )
    }
    jobs = JOBS.replace("CONDITION", condition).replace("EXIT", exit_)
    return run(tmp_path, jobs, environments=environments)


def test_a_job_waits_for_those_it_needs_and_sees_its_own_environments_secrets(
    tmp_path: Path,
) -> None:
    done = run_jobs(tmp_path)
    assert list(done.jobs) == ["staging", "production"]
    assert done.jobs["staging"].log == "sees ''\n"
    expected = "postgresql://prod as token for deployments:write after d1g35t\n"
    assert done.jobs["production"].log == expected
    assert done.jobs["production"].concurrency == "deploy-success"


def test_a_job_is_skipped_when_one_it_needs_failed(tmp_path: Path) -> None:
    done = run_jobs(tmp_path, exit_="exit 1")
    assert {name: job.result for name, job in done.jobs.items()} == {
        "staging": "failure",
        "production": "skipped",
    }


def test_a_job_that_says_always_runs_after_a_failure(tmp_path: Path) -> None:
    done = run_jobs(tmp_path, exit_="exit 1", condition="always()")
    assert done.jobs["production"].result == "success"


def test_a_reviewer_who_refuses_keeps_the_job_from_its_secrets(tmp_path: Path) -> None:
    done = run_jobs(tmp_path, opens=False)
    assert done.jobs["production"].result == "failure"
    assert done.jobs["production"].steps == ()


def test_a_fork_gets_a_token_that_can_only_read_and_no_secret(tmp_path: Path) -> None:
    jobs = """
    only:
      runs-on: ubuntu-24.04
      permissions: {contents: read, pull-requests: write}
      steps:
        - run: echo "'${{ secrets.PASSWORD }}' ${{ secrets.GITHUB_TOKEN }}"
    """
    done = run(tmp_path, jobs, event=FORK, on="pull_request", secrets={"PASSWORD": "canary"})
    assert done.jobs["only"].log == "'' token for contents:read,pull-requests:read\n"


ACT = """
name: Act
description: Act
inputs:
  who: {default: "${{ github.repository }}"}
  what: {required: true}
outputs:
  said: {value: "${{ steps.say.outputs.said }}"}
runs:
  using: composite
  steps:
    - uses: actions/cache@0123456789012345678901234567890123456789
    - id: say
      shell: bash
      env: {WHO: "${{ inputs.who }}", WHAT: "${{ inputs.what }}"}
      run: echo "said=$WHO $WHAT $URL ${GITHUB_ACTION_PATH##*/}" >> "$GITHUB_OUTPUT"
    - {shell: bash, run: EXIT}
"""


def run_act(tmp_path: Path, given: str, *, act: str) -> Run:
    def checkout(call: ActionCall) -> Mapping[str, str]:
        (call.workspace / "act").mkdir()
        (call.workspace / "act" / "action.yml").write_text(act, encoding="utf-8")
        return {}

    steps = f"""
    - uses: actions/checkout@v7
    - id: act
      uses: ./act
      with: {given}
      env: {{URL: "postgresql://x"}}
    - if: always()
      run: echo "${{{{ steps.act.outputs.said }}}}"
    """
    stand_ins = {"actions/cache": nothing, "actions/checkout": checkout}
    return run_steps(tmp_path, steps, stand_ins=stand_ins)


def test_a_composite_action_sees_its_inputs_and_the_environment_of_its_step(tmp_path: Path) -> None:
    done = run_act(tmp_path, "{what: does}", act=ACT.replace("EXIT", "true"))
    assert done.jobs["only"].log == "octo/platform does postgresql://x act\n"


def test_a_composite_action_fails_with_its_last_step(tmp_path: Path) -> None:
    done = run_act(tmp_path, "{what: does}", act=ACT.replace("EXIT", "exit 4"))
    assert [step.conclusion for step in done.jobs["only"].steps] == [
        "success",
        "failure",
        "success",
    ]
    assert "octo/platform does" in done.jobs["only"].log


def test_a_composite_action_of_another_repository_says_where_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    act = ACT.replace("EXIT", "echo ${{ github.action_repository }} ${{ github.action_ref }}")
    act = act.replace("{shell: bash, run: ", "run: ").replace(
        "ref }}}", "ref }}\n      shell: bash"
    )
    (tmp_path / "theirs/action.yml").write_text(act, encoding="utf-8")
    done = run_steps(
        tmp_path,
        "- {uses: acme/bot@v1, with: {what: does}}",
        actions={"acme/bot": tmp_path / "theirs"},
        stand_ins={"actions/cache": nothing},
    )
    assert done.jobs["only"].log == "acme/bot v1\n"


def test_a_stand_in_that_fails_fails_its_step(tmp_path: Path) -> None:
    def fail(call: ActionCall) -> Mapping[str, str]:
        raise StepFailed("nothing there")

    done = run_steps(tmp_path, "- uses: a/b@v1", stand_ins={"a/b": fail})
    assert (done.conclusion, done.jobs["only"].log) == ("failure", "nothing there\n")


@pytest.mark.parametrize(
    ("given", "act", "reason"),
    [
        ("{}", ACT, "what is required"),
        ("{what: a, how: b}", ACT, "no such input: how"),
        ("{what: a}", ACT.replace("inputs.what", "secrets.what"), "no context secrets"),
        ("{what: a}", ACT.replace("shell: bash, ", ""), "must name its shell"),
        ("{what: a}", ACT.replace("composite", "node24"), "no composite action"),
    ],
)
def test_a_composite_action_used_wrongly_is_an_error(
    tmp_path: Path, given: str, act: str, reason: str
) -> None:
    with pytest.raises(HarnessError, match=reason):
        run_act(tmp_path, given, act=act)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("- uses: somebody/else@v1", "nothing stands in"),
        ("- {run: ls, timeout-minutes: 1}", "timeout-minutes"),
        ("- {run: ls, shell: pwsh}", "no shell pwsh"),
        ("- run: echo ${{ github.retention_days }}", "no retention_days"),
        ("- run: echo ${{ steps.later.outputs.x }}", "no later"),
        ("- run: echo ${{ matrix.python }}", "no context matrix"),
        ("- run: echo GITHUB_SHA=x >> $GITHUB_ENV", "does not let GITHUB_ENV set GITHUB_SHA"),
        ("- run: echo rubbish >> $GITHUB_OUTPUT", "neither"),
        ("- run: echo 'a<<END' >> $GITHUB_OUTPUT", "never comes"),
        ("- {run: ls, uses: ./x}", "either `run` or `uses`"),
        ("- uses: ./nowhere", "no action.yml"),
    ],
)
def test_what_the_harness_does_not_do_is_an_error(tmp_path: Path, steps: str, reason: str) -> None:
    with pytest.raises(HarnessError, match=reason):
        run_steps(tmp_path, steps)


@pytest.mark.parametrize(
    ("jobs", "reason"),
    [
        ("a: {runs-on: x, container: x, steps: []}", "container"),
        ("a: {runs-on: x, needs: b, steps: []}", "need each other"),
        ("a: {runs-on: x, permissions: read-all, steps: []}", "permissions must be listed"),
        ("a: {runs-on: x, environment: {url: x}, steps: []}", "url"),
    ],
)
def test_a_job_the_harness_does_not_understand_is_an_error(
    tmp_path: Path, jobs: str, reason: str
) -> None:
    with pytest.raises(HarnessError, match=reason):
        run(tmp_path, jobs)


def test_the_exit_status_of_the_step_that_failed_is_the_jobs(tmp_path: Path) -> None:
    steps = """
        - run: exit 7
          continue-on-error: true
        - run: exit 3
        - run: exit 4
          if: always()
        """
    job = run_steps(tmp_path, steps).jobs["only"]
    assert [step.status for step in job.steps] == [7, 3, 4]
    assert job.status == 3
    assert run_steps(tmp_path, "- run: exit 0", run_id=2).jobs["only"].status == 0


MATRIX = """
first:
  runs-on: ubuntu-24.04
  outputs: {shards: "${{ steps.cut.outputs.shards }}"}
  steps:
    - id: cut
      run: echo 'shards=["1/2", "2/2"]' >> "$GITHUB_OUTPUT"
slices:
  needs: first
  runs-on: ubuntu-24.04
  concurrency: {group: "slice-${{ matrix.shard }}"}
  strategy:
    fail-fast: false
    max-parallel: 8
    matrix:
      shard: ${{ fromJSON(needs.first.outputs.shards) }}
      colour: [red, blue]
  steps:
    - run: echo "$SHARD" && test "$SHARD" != "${{ vars.BAD }}"
      env: {SHARD: "${{ matrix.shard }} ${{ matrix.colour }}"}
"""


def test_a_matrix_makes_a_job_of_each_combination(tmp_path: Path) -> None:
    slices = run(tmp_path, MATRIX).jobs["slices"]
    assert slices.result == "success"
    assert slices.log == "1/2 red\n1/2 blue\n2/2 red\n2/2 blue\n"
    assert [leg.concurrency for leg in slices.legs] == ["slice-1/2"] * 2 + ["slice-2/2"] * 2


def test_a_matrix_fails_with_one_of_its_jobs_and_runs_the_others(tmp_path: Path) -> None:
    slices = run(tmp_path, MATRIX, variables={"BAD": "1/2 red"}).jobs["slices"]
    assert slices.result == "failure"
    assert [leg.result for leg in slices.legs] == ["failure", "success", "success", "success"]


@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        ("{matrix: {a: [1]}}", "fail-fast: false"),
        ("{fail-fast: false, matrix: {a: []}}", "and this one 0"),
        ("{fail-fast: false, matrix: {a: b}}", "one expression"),
        ("{fail-fast: false, matrix: {a: \"${{ 'b' }}\"}}", "has lists"),
        ("{fail-fast: false, matrix: {a: [1]}, extra: 1}", "extra"),
    ],
)
def test_a_matrix_the_harness_does_not_understand_is_an_error(
    tmp_path: Path, strategy: str, reason: str
) -> None:
    with pytest.raises(HarnessError, match=reason):
        run(tmp_path, f"a: {{runs-on: x, strategy: {strategy}, steps: []}}")
