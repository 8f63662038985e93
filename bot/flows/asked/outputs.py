"""The outputs of the action's step, for later steps and jobs."""

from bot.world import World


def set_outputs(world: World, **outputs: str) -> None:
    assert world.runner is not None
    for name, value in outputs.items():
        world.runner.output(name, value)
