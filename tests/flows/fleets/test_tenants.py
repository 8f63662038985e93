"""One tenant of a fleet by its name, for what is done to one database at a time."""

from dataclasses import replace

import pytest

from bot.commands import identity, status
from bot.core.settings import Settings, default_targets
from bot.core.targets.fleet import Fleet, Source
from bot.errors import UsageError
from bot.flows.fleets.tenants import addressed
from bot.world import World
from tests.fakes import FakeCheckout, FakeConsole, FakeDatabase, FakeFleets, history, world

STAGING = default_targets()["staging"]
TENANTS = replace(STAGING, name="tenants", fleet=Fleet(Source(urls_env="TENANTS")))


def fleet_of(**databases: FakeDatabase) -> World:
    made = world(
        FakeCheckout(history()),
        {"staging": FakeDatabase()},
        settings=Settings(targets={"staging": STAGING, "tenants": TENANTS}),
        environ={"TENANTS": "[]"},
    )
    return replace(made, fleets=FakeFleets(databases))


def test_a_tenant_is_reached_by_the_name_that_its_messages_have() -> None:
    beta = FakeDatabase()

    target, there = addressed("tenants/beta", fleet_of(alpha=FakeDatabase(), beta=beta))

    assert (target.name, target.fleet) == ("tenants/beta", None)
    with there.connect(target) as database:
        assert database is beta


def test_every_other_target_is_reached_as_before() -> None:
    made = fleet_of(alpha=FakeDatabase())

    target, there = addressed("staging", made)
    assert (target, there) == (STAGING, made)

    _, beside = addressed("tenants/alpha", made)
    with beside.connect(STAGING) as database, made.connect(STAGING) as same:
        assert database is same


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tenants/alhpa", r"tenants/alpha\?"),
        ("tenants/zzz", "status tenants"),
        ("tenants", "tenants/TENANT"),
        ("nobody/alpha", "Use one of"),
        ("staging/alpha", "fleet:"),
    ],
)
def test_a_name_that_leads_to_no_one_database_is_refused_with_what_does(
    name: str, hint: str
) -> None:
    with pytest.raises(UsageError) as error:
        addressed(name, fleet_of(alpha=FakeDatabase()))

    assert error.match("fleet|target|tenant")
    assert hint.replace("\\", "") in error.value.hint


def test_status_and_identity_take_a_tenant() -> None:
    made = fleet_of(alpha=FakeDatabase())
    assert isinstance(made.console, FakeConsole)

    status.run([made], ["tenants/alpha"])
    identity.run(made, "tenants/alpha")

    assert made.console.output.count("tenants/alpha") >= 2
