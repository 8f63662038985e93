"""What GitHub remembers of a rollout: a deployment of one commit to one target."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.core.migration import Migration
from bot.core.plan import Plan
from bot.core.progress import Progress, State
from bot.core.target import Kind, Target

# GitHub is asked once for each, so it is not asked for all there ever were.
_LATEST = 10


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


def applied_texts(deployments: Iterable[Deployment], wanted: Sequence[Migration]) -> dict[str, str]:
    """The checksums of wanted migrations in successful deployments, newest first; stops early.

    What was rolled back since is not applied.
    """
    found: dict[str, str | None] = {}
    names = {each.name for each in wanted}
    for deployment in deployments:
        if deployment.state in (State.APPLIED, State.ROLLED_BACK):
            applied = deployment.state is State.APPLIED
            for name, checksum in deployment.texts.items():
                found.setdefault(name, checksum if applied else None)
        if names <= found.keys():
            break
    known = ((name, found.get(name)) for name in names)
    return {name: checksum for name, checksum in known if checksum is not None}


def unrecorded(
    plan: Plan,
    history: Sequence[Migration],
    deployments: Iterable[Deployment],
    names: Collection[str] = (),
) -> dict[str, str]:
    """The texts a target has applied though none of its latest deployments of them succeeded.

    Looked for among `names`, and what those deployments carried that did not succeed.
    """
    known = list(islice(deployments, _LATEST))
    suspects = {name for each in known if each.state is not State.APPLIED for name in each.texts}
    applied = set(plan.applied) - set(plan.modified)
    wanted = [each for each in history if each.name in applied & (suspects | set(names))]
    recorded = applied_texts(known, wanted)
    return {each.name: each.checksum for each in wanted if each.name not in recorded}


def progress_of(
    target: Target, deployments: Iterable[Deployment], names: Iterable[str]
) -> Progress:
    """How far a target is with migrations: as its newest deployment that carried any of them."""
    wanted = set(names)
    for deployment in deployments:
        if wanted & deployment.texts.keys():
            return Progress(
                target=target.name,
                kind=target.kind,
                state=deployment.state,
                at=deployment.at,
                digest=deployment.digest,
                migrations=tuple(deployment.texts),
                message=deployment.note,
                run_url=deployment.run_url,
            )
    return Progress(target=target.name, kind=target.kind)
