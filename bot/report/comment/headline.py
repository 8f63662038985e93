"""The first screen of a report: its sign, its title, one sentence, and the one next step."""

from dataclasses import dataclass
from datetime import timedelta

from bot.core.findings.finding import Finding, Severity, Verdict
from bot.core.findings.risk import Risk, risk_of_review
from bot.core.gates.gate import closed
from bot.core.rollouts.progress import Progress, State
from bot.report.faces.fixes import only_command
from bot.report.rehearsals.setting import read_and_run, stopped_sentence
from bot.report.report import Report
from bot.report.words import count, listed

_SIGNS = {Verdict.PASS: "🟢", Verdict.WARN: "🟡", Verdict.BLOCK: "🔴"}
_SHORT = 60
_REFUSED = "rehearsal-failed"
_MOVING = (State.APPLYING, State.APPLIED, State.FAILED, State.ROLLED_BACK)
# No job of GitHub's own runners lasts longer.
_LONGEST_JOB = timedelta(hours=6)


@dataclass(frozen=True)
class Headline:
    """`sentence` and `next_step` are prose: names in them stand between backticks."""

    sign: str
    title: str
    sentence: str
    next_step: str


def rolling_out(report: Report) -> bool:
    return report.merged or any(each.state in _MOVING for each in report.targets)


def headline(report: Report) -> Headline:
    if not report.review.migrations and report.verdict is Verdict.PASS:
        return _empty()
    if rolling_out(report):
        return _rollout(report)
    if report.verdict is Verdict.BLOCK:
        return _blocked(report)
    return _ready(report)


def _empty() -> Headline:
    return Headline(
        "🟢",
        "No new migrations",
        "This pull request does not change the database.",
        "Nothing to do.",
    )


def _blocked(report: Report) -> Headline:
    errors = [each for each in _counted(report) if each.severity is Severity.ERROR]
    title = f"{_new(report)}, {count(len(errors), 'finding')} to fix before merging"
    besides = _said(report, Severity.WARNING, Severity.NOTICE)
    sentence = f"{stopped_sentence(report.review)}{f'Besides: {besides}. ' if besides else ''}"
    return Headline("🔴", title, f"{sentence}Nothing has been applied anywhere.", _mend(errors))


def _mend(errors: list[Finding]) -> str:
    commands = {only_command(each.fix) for each in errors}
    command = commands.pop() if len(commands) == 1 else ""
    if command:
        what = f"`{command}`" if len(command) <= _SHORT else "the command below"
        return f"Run {what}, commit, and push. This comment updates itself."
    if len(errors) == 1 and errors[0].rule == _REFUSED:
        place = f"line {errors[0].line} of `{errors[0].path.split('/')[-2:][0]}`"
        return f"Mend what PostgreSQL refused, {place}, and push. This comment updates itself."
    them = "it" if len(errors) == 1 else "each"
    step = f"Fix what is listed under “Must change” and push; the safe way is beside {them}."
    return f"{step}{_written(errors)}"


def _written(errors: list[Finding]) -> str:
    """What the bot can write itself."""
    many = sum(each.rewrite is not None for each in errors)
    if not many:
        return ""
    which = f"{many} of the {len(errors)}" if many < len(errors) else "all" if many > 1 else "it"
    return f" On your machine, `migration-bot fix` rewrites {which}."


def _ready(report: Report) -> Headline:
    calm = risk_of_review(report.review) is Risk.LOW
    found = _said(report, Severity.WARNING) or ("nothing risky found" if calm else "nothing to fix")
    title = f"{_new(report)}, {found}{', needs approval' if _wanted(report) else ''}"
    return Headline(_SIGNS[report.verdict], title, _assurance(report), _merge(report))


def _merge(report: Report) -> str:
    wanted = _wanted(report)
    missing = max(report.needed - len(report.approvals), 1 if wanted else 0)
    names = [f"`{each.target}`" for each in report.targets]
    order = ", then ".join(names[:4]) if names else "the targets"
    if missing > 0:
        people = count(missing, "more approval", "more approvals")
        who = listed(wanted) or "somebody who did not write it"
        return f"Get {people} of exactly this text from {who}, then merge."
    return f"Merge. It is then applied to {order}."


def _wanted(report: Report) -> list[str]:
    """Who has to agree before a target that waits may be touched, as its gates say."""
    gates = [gate for each in report.targets for gate in closed(each.gates)]
    return list(dict.fromkeys(who for gate in gates for who in gate.waits_for))


def _assurance(report: Report) -> str:
    if report.verdict is Verdict.WARN:
        return "Nothing here blocks the merge. Read what is marked 🟡 first."
    notes = _said(report, Severity.NOTICE)
    besides = f" Besides: {notes}." if notes else ""
    read = f"Every statement was {read_and_run(report.review)}"
    return f"{read}; none should disturb a running system.{besides}"


def _said(report: Report, *severities: Severity) -> str:
    """Two warnings and one note, in figures; "" if there is nothing of the kind."""
    nouns = {Severity.ERROR: "finding", Severity.WARNING: "warning", Severity.NOTICE: "note"}
    found = [each.severity for each in _counted(report)]
    return listed([count(found.count(each), nouns[each]) for each in severities if each in found])


def _counted(report: Report) -> list[Finding]:
    return [each for each in report.review.all_findings if each.allowed is None]


def _new(report: Report) -> str:
    """With the risk in capitals, so that nobody overlooks it in a long title."""
    many = count(len(report.review.migrations), "new migration")
    return f"{many}, {_risk(report)}" if report.review.migrations else many


def _risk(report: Report) -> str:
    return f"risk {risk_of_review(report.review).word.upper()}"


def _rollout(report: Report) -> Headline:
    migrations = count(len(report.review.migrations), "migration")
    stopped = next((each for each in report.targets if each.state is State.FAILED), None)
    if stopped:
        return _failed(stopped)
    back = next((each for each in report.targets if each.state is State.ROLLED_BACK), None)
    if back:
        return _rolled_back(back, report)
    waiting = next((each for each in report.targets if each.state is not State.APPLIED), None)
    if waiting is None:
        return _done(report, migrations)
    if waiting.state is State.CLOSED:
        return _closed(waiting, report, migrations)
    return _under_way(waiting, report, migrations)


def _rolled_back(progress: Progress, report: Report) -> Headline:
    taken = count(len(progress.migrations or report.review.migrations), "migration")
    said = progress.message or f"Taken back by their scripts; what `{progress.target}` had"
    said = said if progress.message else f"{said} before is what it has now."
    step = "In git delete their folders, or mend them: the next deploy applies what is left there."
    title = f"{taken} rolled back from {progress.target}"
    return Headline("🟡", title, _sentence(said), progress.hint or step)


def _failed(progress: Progress) -> Headline:
    return Headline(
        "🔴",
        f"Failed in {progress.target}",
        f"{progress.message or 'The rollout stopped.'}",
        progress.hint or "Read the run's log; running the job again continues where it stopped.",
    )


def _done(report: Report, migrations: str) -> Headline:
    names = listed([f"`{each.target}`" for each in report.targets], limit=5)
    if not names:
        return Headline("🟢", f"{migrations} merged", "No target is configured.", "Nothing to do.")
    last = report.targets[-1]
    before = ", after a backup that was proved by restoring it" if _proved(last) else ""
    title = f"{migrations} applied to {last.target}"
    return Headline("🟢", title, f"Done in {names}{before}.", "Nothing to do.")


def _proved(progress: Progress) -> bool:
    return progress.backup is not None and bool(progress.backup.proof)


def _closed(progress: Progress, report: Report, migrations: str) -> Headline:
    gates = closed(progress.gates)
    reason = (
        f"The gate “{gates[0].name}” is closed: {gates[0].reason}" if gates else progress.message
    )
    step = gates[0].hint if gates else progress.hint
    waits = "waits" if len(report.review.migrations) == 1 else "wait"
    risk = f", {_risk(report)}" if risk_of_review(report.review) > Risk.LOW else ""
    return Headline(
        "🟡",
        f"{migrations} {waits} for {progress.target}{risk}",
        f"{_applied_so_far(report)}{_sentence(reason)}",
        step or progress.hint or "Run the job again when this has changed.",
    )


def _under_way(progress: Progress, report: Report, migrations: str) -> Headline:
    title = f"{migrations} on the way to {report.targets[-1].target}"
    so_far, name = _applied_so_far(report), f"`{progress.target}`"
    if _lost(progress, report):
        said = f"{so_far}The job that migrates {name} was not heard of again."
        step = "Run the deploy job again: it looks at what is there, and goes on."
        return Headline("🟡", title, said, step)
    doing = "is being migrated" if progress.state is State.APPLYING else "is next"
    step = "Nothing to do. This comment updates itself."
    return Headline("🟡", title, f"{so_far}{name} {doing}.", step)


def _lost(progress: Progress, report: Report) -> bool:
    """Whether a rollout was begun so long ago that its job must have been killed."""
    if progress.state is not State.APPLYING or progress.at is None or report.run is None:
        return False
    return report.run.at - progress.at > _LONGEST_JOB


def _applied_so_far(report: Report) -> str:
    done = [f"`{each.target}`" for each in report.targets if each.state is State.APPLIED]
    return f"Applied to {listed(done)}. " if done else ""


def _sentence(text: str) -> str:
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?" else f"{stripped}."
