"""The jobs of a repository with several databases: one for each stage, with all its targets.

A fleet that one job cannot hold wants jobs of its own, which nobody but its owner can lay out.
"""

import re
from collections.abc import Callable, Sequence
from importlib.resources import files

from bot.core.initial import Stage
from bot.core.settings import Settings

_FIRST_JOB_OF_A_TARGET = "\n  staging:\n"
_ABOUT_FLEETS = re.compile(r"^# A target may be a fleet .*?^#\n", re.MULTILINE | re.DOTALL)

_ALONE = """\
    if: >-
      !cancelled() && github.ref == 'refs/heads/DEFAULT_BRANCH' && inputs.target != OTHER &&
      (github.event_name != 'issue_comment' || COMMANDED)"""
_AFTER = """\
    # Also where a target before failed: what comes after it stays closed, and nothing else waits.
    if: >-
      !cancelled() && github.ref == 'refs/heads/DEFAULT_BRANCH' &&
      (github.event_name == 'issue_comment' && COMMANDED ||
      github.event_name != 'issue_comment' && inputs.target != OTHER &&
      (needs.BEFORE.result != 'skipped' || inputs.target == 'STAGE'))"""
_EXPECTED = """\
          # What was shown before anybody let this job run: that is what it runs, or nothing.
          expect-digest: ${{ needs.BEFORE.outputs.forecast }}"""


def paths_of(databases: Sequence[Settings]) -> str:
    """What `paths: [MIGRATIONS_FOLDER/**]` is to name."""
    return "/**, ".join(each.folder for each in databases)


def deploy_workflow(text: str, stages: Sequence[Stage]) -> str:
    """That of one database, up to its jobs, and a job for each stage."""
    return _with_jobs(_ABOUT_FLEETS.sub("", text), stages, _deploy_job)


def drift_workflow(text: str, stages: Sequence[Stage]) -> str:
    return _with_jobs(text, stages, _drift_job)


def _with_jobs(
    text: str, stages: Sequence[Stage], job: Callable[[Stage, Stage | None], str]
) -> str:
    above, found, _ = text.partition(_FIRST_JOB_OF_A_TARGET)
    assert found, "the pattern has a job for staging"
    before = [None, *stages]
    return "\n".join([above, *map(job, stages, before)])


def _deploy_job(stage: Stage, before: Stage | None) -> str:
    needs = "command" if before is None else f"[command, {before.name}]"
    other = "production" if stage.name == "staging" else "staging"
    text = _template("several-deploy-job.txt").replace("NEEDS", needs)
    text = text.replace("CONDITION", _ALONE if before is None else _AFTER)
    text = text.replace("EXPECTED\n", "" if before is None else f"{_EXPECTED}\n")
    text = text.replace("COMMANDED", _commanded(stage)).replace("OTHER", f"'{other}'")
    return _filled(text.replace("BEFORE", before.name if before else ""), stage)


def _drift_job(stage: Stage, before: Stage | None) -> str:
    return _filled(_template("several-drift-job.txt"), stage)


def _commanded(stage: Stage) -> str:
    """Whether the command is for one of its targets."""
    asked = (f"needs.command.outputs.target == '{name}'" for name in stage.targets)
    return f"({' || '.join(asked)})"


def _filled(text: str, stage: Stage) -> str:
    secrets = (f"          {name}: ${{{{ secrets.{name} }}}}" for name in stage.secrets)
    text = text.replace("SECRETS", "\n".join(secrets))
    text = text.replace("TARGETS", ", ".join(stage.targets))
    return text.replace("STAGE", stage.name).replace("TITLE", stage.name.capitalize())


def _template(name: str) -> str:
    return files("bot.initial").joinpath(name).read_text("utf-8")
