"""Spread a fleet over jobs: the matrix of a workflow, or a Kubernetes Indexed Job.

A fleet is a target with `fleet:`. `plan`, `apply` and `status` go through it in this process; what
is here is for one that is too large for that, or reachable only from inside a cluster. Slices are
of the last wave: `apply TARGET --shard 0/N` goes through the waves before it, and `--shard I/N`
through a slice, which waits for them.

\b
  migration-bot fleet shards tenants            the jobs of a matrix
  migration-bot fleet job tenants --image registry.example.com/migrations:1
"""

import json

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode
from bot.fleet.manifest import Manifest, job_of
from bot.flows.fleets.tenants import slices_of
from bot.world import World

MOST_INDEXES = 10_000


def shards(world: World, name: str, *, size: int | None = None) -> ExitCode:
    found = slices_of(world.settings.target(name), world, size=size)
    matrix = json.dumps({"shard": [str(each) for each in found]})
    if world.runner is not None:
        world.runner.output("matrix", matrix)
        world.runner.output("first", f"0/{len(found)}")
    world.console.show(matrix)
    return ExitCode.FINE


def job(world: World, name: str, *, image: str, parallelism: int, size: int | None) -> ExitCode:
    target = world.settings.target(name)
    found = slices_of(target, world, size=size, most=MOST_INDEXES)
    manifest = Manifest(
        target=target,
        image=image,
        shards=len(found),
        parallelism=parallelism,
        name=f"migration-bot-{name}",
    )
    world.console.show(json.dumps(job_of(manifest), indent=2))
    return ExitCode.FINE


@click.group(help=__doc__)
def command() -> None:
    pass


SIZE = click.option(
    "--size", type=click.IntRange(1), metavar="N", help="Tenants in a slice, not `shard_size`."
)


@command.command("shards", short_help="The matrix of a workflow's job, as JSON.")
@click.argument("target")
@SIZE
@pass_session
def shards_command(session: Session, target: str, size: int | None) -> ExitCode:
    """Print the matrix of a workflow's job, `{"shard": ["1/4", …]}`, of at most 256.

    Inside Actions it is also the step's output `matrix`, and `first` is the shard before them.
    """
    return shards(session.world_of(target), target, size=size)


@command.command("job", short_help="A Kubernetes Indexed Job, as JSON.")
@click.argument("target")
@click.option("--image", required=True, help="An image with migration-bot and the migrations.")
@click.option(
    "--parallelism", type=click.IntRange(1), default=4, show_default=True, help="Pods at once."
)
@SIZE
@pass_session
def job_command(
    session: Session, target: str, image: str, parallelism: int, size: int | None
) -> ExitCode:
    """Print a manifest for `kubectl apply -f -`: a slice for each index, and index 0 first.

    A pod's exit code says what becomes of its index: 42 (a tenant is parked) fails it without
    another try, 2, 3, 6 and 70 end the job, everything else is tried again.
    """
    return job(session.world_of(target), target, image=image, parallelism=parallelism, size=size)
