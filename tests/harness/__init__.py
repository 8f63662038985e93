"""Executes the workflows and the composite action of this repository on the host."""

from tests.harness.stand_ins import checkout_from, keeping, kept_in, never, nothing
from tests.harness.values import HarnessError, StepFailed
from tests.harness.workflow import run_workflow
from tests.harness.world import (
    ActionCall,
    Environment,
    Event,
    Interruption,
    JobResult,
    Request,
    Run,
    StandIn,
    StepResult,
    World,
)

__all__ = [
    "ActionCall",
    "Environment",
    "Event",
    "HarnessError",
    "Interruption",
    "JobResult",
    "Request",
    "Run",
    "StandIn",
    "StepFailed",
    "StepResult",
    "World",
    "checkout_from",
    "keeping",
    "kept_in",
    "never",
    "nothing",
    "run_workflow",
]
