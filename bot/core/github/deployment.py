"""What GitHub remembers of a rollout: a deployment of one commit to one target."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Kind, Target

# GitHub is asked once for each, so it is not asked for all there ever were.
_LATEST = 10
# How the note of a rollout begins that was carried out, and found wrong afterwards.
NOT_VERIFIED = "Not verified"


@dataclass(frozen=True)
class Deployment:
    """`texts` maps each migration of the rollout to its checksum. `at` is when it reached `state`.

    `note` is a sentence of at most 140 characters, GitHub's limit. `environment_url` is where what
    uses the target can be seen, and `kind` the target's; GitHub does not tell it back.
    """

    target: str
    commit: str
    state: State
    at: datetime
    texts: Mapping[str, str]
    note: str = ""
    digest: str | None = None
    run_url: str | None = None
    environment_url: str | None = None
    kind: Kind = Kind.STAGING

    @property
    def verified(self) -> bool:
        """Whether it succeeded, and nothing was found wrong afterwards."""
        return self.state is State.APPLIED and not self.note.startswith(NOT_VERIFIED)


@dataclass(frozen=True)
class Carried:
    """What a target did with one migration: which text, and how that ended. `at` is None where
    nothing says when."""

    checksum: str
    state: State = State.APPLIED
    at: datetime | None = None
    verified: bool = True
    note: str = ""

    @property
    def done(self) -> bool:
        return self.state is State.APPLIED


def carried_by(deployments: Iterable[Deployment], names: Collection[str]) -> dict[str, Carried]:
    """What the newest deployment that carried it did of each migration; stops early.

    An older one that succeeded is no answer where a newer one failed or was rolled back.
    """
    found: dict[str, Carried] = {}
    wanted = set(names)
    for each in deployments:
        for name in wanted & each.texts.keys() - found.keys():
            found[name] = Carried(each.texts[name], each.state, each.at, each.verified, each.note)
        if wanted <= found.keys():
            break
    return found


def unrecorded(
    plan: Plan,
    history: Sequence[Migration],
    deployments: Iterable[Deployment],
    names: Collection[str] = (),
) -> dict[str, str]:
    """The texts a target has applied though its newest deployment of them did not succeed.

    Looked for among `names`, and what those deployments carried that did not succeed.
    """
    known = list(islice(deployments, _LATEST))
    suspects = {name for each in known if not each.verified for name in each.texts}
    applied = set(plan.applied) - set(plan.modified)
    wanted = [each for each in history if each.name in applied & (suspects | set(names))]
    carried = carried_by(known, [each.name for each in wanted])
    recorded = {name for name, each in carried.items() if each.verified}
    return {each.name: each.checksum for each in wanted if each.name not in recorded}


def overtaken(plan: Plan, deployments: Iterable[Deployment]) -> bool:
    """Whether a newer history was rolled out already, and nothing else is wrong.

    Then nothing is pending, and whatever the target has and ours lacks was applied by deployments.
    """
    lacking = set(plan.missing)
    if plan.pending or not lacking or not replace(plan, missing=()).agrees:
        return False
    carried = carried_by(islice(deployments, _LATEST), lacking)
    return carried.keys() == lacking and all(each.done for each in carried.values())


def progress_of(
    target: Target, deployments: Iterable[Deployment], texts: Mapping[str, str]
) -> Progress:
    """How far a target is with migrations, given by name and checksum. Another text of the same
    name is another migration.

    The newest deployment of each counts; of those, the newest that did not succeed, if one did not.
    """
    newest: dict[str, Deployment] = {}
    for deployment in _about(deployments, texts):
        for name, _ in texts.items() & deployment.texts.items():
            newest.setdefault(name, deployment)
        if len(newest) == len(texts):
            break
    if not newest:
        return Progress(target=target.name, kind=target.kind)
    found = list(newest.values())
    telling = next((each for each in found if each.state is not State.APPLIED), found[0])
    done = telling.state is State.APPLIED
    applied = (name for name, each in newest.items() if each.state is State.APPLIED)
    return Progress(
        target=target.name,
        kind=target.kind,
        state=telling.state,
        at=telling.at,
        digest=telling.digest,
        migrations=tuple(telling.texts) if done else tuple(applied),
        message=telling.note,
        run_url=telling.run_url,
    )


def _about(deployments: Iterable[Deployment], texts: Mapping[str, str]) -> Iterator[Deployment]:
    """Those that carried one of these texts: of the first of them, and a few that came before."""
    left = iter(deployments)
    for deployment in left:
        if texts.items() & deployment.texts.items():
            yield deployment
            yield from islice(left, _LATEST)
            return
