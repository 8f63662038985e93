"""One wave of a run: its threads, its error budget, and whether its tenants are well afterwards."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.targets.fleet import Tenant, Wave
from bot.core.targets.fleet_outcome import BAD, TenantResult, TenantState
from bot.errors import BotError, Interrupted, PostgresError
from bot.fleet.classes import head_of
from bot.fleet.failures import MOST_ATTEMPTS, Meaning, meaning_of
from bot.fleet.turns import Turns
from bot.fleet.waves import allowed_failures
from bot.flows.fleets.crew import Crew
from bot.flows.fleets.run import Run
from bot.flows.fleets.tenant import Backups
from bot.report import words
from bot.rollout.procedure import roll_out
from bot.world import World

_STATES = {
    Meaning.RETRY: TenantState.FAILED,
    Meaning.PARK: TenantState.PARKED,
    Meaning.CLOSE: TenantState.BROKEN,
    Meaning.STOP: TenantState.BROKEN,
}


class WaveRun:
    """The tenants of one wave, each by the procedure that every target goes by."""

    def __init__(self, run: Run, wave: Wave, tenants: Sequence[Tenant], *, first: bool) -> None:
        assert run.world.fleets is not None
        self._run = run
        self._wave = wave
        self._tenants = tenants
        self._spare = allowed_failures(run.fleet.errors, len(tenants), first=first)
        self._fleets = run.world.fleets
        self._backups = Backups(self._fleets)
        self._crew = Crew(Turns(tenants, per_server=run.fleet.per_server), self._migrate)

    def go(self, *, last: bool) -> None:
        """Until its tenants are done, or the run is to stop; then a soak, but for the last wave,
        and a look whether those that were changed are well."""
        run = self._run
        run.world.console.say(
            f"wave {self._wave.name}: {words.count(len(self._tenants), 'tenant')}"
        )
        self._crew.run(min(run.fleet.parallel, len(self._tenants)), run.tell)
        changed = [each for each in self._tenants if run.result(each).state is TenantState.APPLIED]
        if changed and not run.stopped and not last:
            self._soak()
        if changed and not run.stopped:
            self._require_well(changed)

    def _migrate(self, tenant: Tenant) -> bool:
        """Roll out to one tenant; whether it is worth another try later."""
        before = self._run.begin(tenant)
        if before.attempts > 1:
            # Whatever was in the way needs a moment, and not all of them the same.
            pause = random.uniform(0.2, 1.0) * before.attempts  # noqa: S311 - jitter
            self._run.world.sleep(pause)
        result, applied = self._rolled_out(tenant, before)
        again = result.state is TenantState.FAILED and before.attempts < MOST_ATTEMPTS
        self._run.put(before if again else result, applied)
        if not again and result.state in BAD:
            self._weigh(result)
        return again

    def _rolled_out(
        self, tenant: Tenant, before: TenantResult
    ) -> tuple[TenantResult, tuple[str, ...]]:
        """What became of it, and which migrations it got."""
        order, world = self._run.shared.order(tenant, backups=self._backups)
        started = world.now()
        try:
            outcome = roll_out(order, world)
        except Interrupted:
            raise KeyboardInterrupt from None
        except BotError as error:
            plan = order.journal.plan
            failed = replace(
                before,
                state=_STATES[meaning_of(error)],
                seconds=_since(started, world),
                head=head_of(plan.applied) if plan else "",
                message=error.message,
                hint=error.hint,
                code=error.exit_code,
            )
            return failed, ()
        names = tuple(each.name for each in outcome.applied)
        done = replace(
            before,
            state=TenantState.APPLIED if names else TenantState.CURRENT,
            seconds=outcome.seconds,
            applied=len(names),
            head=head_of((*outcome.plan.applied, *names)),
        )
        return done, names

    def _weigh(self, result: TenantResult) -> None:
        """Whether this failure is one too many."""
        run, failed = self._run, self._run.failed(self._tenants)
        if result.state is TenantState.BROKEN:
            run.stop(
                f"{result.tenant} failed in a way that others might: {result.message}", result.hint
            )
        elif failed > self._spare:
            run.stop(
                f"{failed:,} of {len(self._tenants):,} tenants of the wave {self._wave.name} "
                f"failed, and {self._spare:,} may.",
                f"Mend what is wrong with {result.tenant} and the others, and run it again: it "
                "goes on with what is left.",
            )
        if run.stopped:
            self._crew.stop()

    def _soak(self) -> None:
        run = self._run
        if run.fleet.soak:
            with run.world.console.waiting(f"soaking for {run.fleet.soak} s"):
                run.world.sleep(run.fleet.soak)

    def _require_well(self, tenants: Sequence[Tenant]) -> None:
        fleet = self._run.fleet
        if fleet.health is None:
            return
        query = fleet.health
        turns = Turns(tenants, per_server=fleet.per_server)
        crew = Crew(turns, lambda tenant: self._look_after(tenant, query))
        crew.run(min(fleet.parallel, len(tenants)), self._run.tell)

    def _look_after(self, tenant: Tenant, query: str) -> bool:
        said, hint = "the health query does not answer true", "Look at the tenant, then go on."
        try:
            if self._fleets.healthy(tenant, query):
                return False
        except PostgresError as error:
            said, hint = error.message, error.hint
        result = replace(
            self._run.result(tenant),
            state=TenantState.FAILED,
            message=f"Applied, and not well: {said}.",
            hint=hint,
            code=PostgresError.exit_code,
        )
        self._run.put(result)
        self._weigh(result)
        return False


def _since(started: datetime, world: World) -> float:
    return (world.now() - started).total_seconds()
