from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.deployment import Deployment, carried_by, progress_of
from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from bot.core.targets.target import Kind
from bot.demo.hub import Hub
from bot.demo.hub.outcomes import Deployment as HubDeployment
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.demo.hub.conftest import client_for
from tests.fakes import NOON, migration
from tests.hub import SHOP

STAGING = default_targets()["staging"]
ADD = migration("20260101000000_add", "CREATE TABLE a()")
TEXTS = {ADD.name: ADD.checksum}


def applied(deployments: Iterable[Deployment]) -> dict[str, str]:
    """The text of the migration, where the newest deployment of it succeeded."""
    carried = carried_by(deployments, [ADD.name])
    return {name: each.checksum for name, each in carried.items() if each.done}


@pytest.fixture
def started(hub: Hub) -> Deployment:
    return Deployment(
        target="staging",
        commit=hub.state.repository(SHOP).head_of("main") or "",
        state=State.APPLYING,
        at=NOON,
        texts={ADD.name: ADD.checksum},
        note="Applying 1 migration",
        digest="sha256:d",
        run_url="https://github.example/acme/shop/actions/runs/1",
    )


def test_a_rollout_is_one_deployment_that_goes_from_state_to_state(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    shop.announce(started)
    shop.announce(replace(started, state=State.APPLIED, note="Applied 1 migration in 0.1 s"))

    (found,) = shop.deployments("staging")
    assert found.state is State.APPLIED
    assert found.texts == {ADD.name: ADD.checksum}
    assert (found.note, found.digest) == ("Applied 1 migration in 0.1 s", "sha256:d")
    assert found.run_url == started.run_url


def test_other_migrations_are_another_deployment(
    shop: GitHubRepository, started: Deployment
) -> None:
    shop.announce(started)
    shop.announce(replace(started, texts={"20260102000000_more": "c"}, state=State.APPLIED))

    states = {tuple(each.texts): each.state for each in shop.deployments("staging")}
    assert states == {("20260102000000_more",): State.APPLIED, (ADD.name,): State.APPLYING}


@pytest.mark.parametrize("state", list(State)[1:])
def test_every_state_comes_back_as_it_went(
    shop: GitHubRepository, started: Deployment, state: State
) -> None:
    shop.announce(replace(started, state=state))

    assert next(shop.deployments("staging")).state is state


def test_another_target_s_deployments_are_not_ours(
    shop: GitHubRepository, started: Deployment
) -> None:
    shop.announce(started)

    assert list(shop.deployments("production")) == []


def test_a_deployment_another_workflow_made_is_not_read(
    hub: Hub, open_shop: Open, started: Deployment
) -> None:
    client = client_for(hub, hub.token(permissions={"deployments": "write"}), lazy=True)
    client.get_repo(SHOP).create_deployment(
        started.commit, environment="staging", required_contexts=[], auto_merge=False
    )
    client.close()

    assert list(open_shop().deployments("staging")) == []


def test_a_long_note_is_cut_to_what_github_takes_and_secrets_are_struck_out(
    shop: GitHubRepository, started: Deployment
) -> None:
    shop.announce(replace(started, note="hunter2 " * 40))

    note = next(shop.deployments("staging")).note
    assert len(note) <= 140
    assert note.endswith("…")
    assert "hunter2" not in note


def test_deployments_are_fetched_only_as_far_as_they_are_asked_for(
    hub: Hub, open_shop: Open, started: Deployment
) -> None:
    for number in range(5):
        open_shop().announce(replace(started, state=State.APPLIED, note=str(number)))
    before = len(hub.calls)

    newest = list(islice(open_shop().deployments("staging"), 1))

    assert newest[0].note == "4"
    assert len(hub.calls) - before == 2


def test_what_staging_has_applied_is_read_from_successes_alone(
    shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    shop.announce(replace(started, state=State.FAILED))

    assert applied(open_shop().deployments("staging")) == {}

    open_shop().announce(replace(started, state=State.APPLIED))

    assert applied(open_shop().deployments("staging")) == {ADD.name: ADD.checksum}


def test_how_far_a_target_is_with_a_migration_is_its_newest_deployment_of_it(
    shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    assert progress_of(STAGING, shop.deployments("staging"), TEXTS).state is State.WAITING

    shop.announce(replace(started, state=State.FAILED, note="It broke."))
    progress = progress_of(STAGING, open_shop().deployments("staging"), TEXTS)

    assert (progress.state, progress.message) == (State.FAILED, "It broke.")
    for other in ({"other": ADD.checksum}, {ADD.name: "0" * 64}):
        found = progress_of(STAGING, shop.deployments("staging"), other)
        assert found.state is State.WAITING


CREATE, TELL = r"/deployments$", r"/deployments/\d+/statuses$"


def made(hub: Hub) -> list[HubDeployment]:
    """Oldest first."""
    return list(hub.state.repository(SHOP).deployments.values())


def test_the_environment_is_linked_and_known_for_what_it_is(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    page = "https://shop.example"
    shop.announce(replace(started, environment_url=page))
    shop.announce(replace(started, target="production", kind=Kind.PRODUCTION))
    shop.announce(replace(started, target="mine", kind=Kind.DEVELOPMENT))
    kinds = [(each.production, each.transient) for each in made(hub)]
    assert kinds == [(False, False), (True, False), (False, True)]
    (status,) = made(hub)[0].statuses
    assert (status.environment_url, status.log_url) == (page, started.run_url)
    assert next(shop.deployments("staging")).environment_url == page


def test_a_lost_answer_does_not_make_a_second_deployment(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    hub.drop_next("POST", CREATE)
    shop.announce(started)
    assert [len(each.statuses) for each in made(hub)] == [1]


def test_a_deployment_that_was_refused_is_not_asked_for_again(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    hub.fail_next("POST", CREATE, status=502)
    with pytest.raises(GitHubError, match="record the rollout"):
        shop.announce(started)
    assert len([call for call in hub.calls if call.method == "POST"]) == 1


def test_an_empty_one_of_a_run_that_was_killed_is_used(
    hub: Hub, shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    hub.fail_next("POST", TELL, status=502)
    with pytest.raises(GitHubError):
        shop.announce(started)
    open_shop().announce(started)
    assert [len(each.statuses) for each in made(hub)] == [1]


def test_another_plan_s_empty_one_is_not_used(
    hub: Hub, shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    hub.fail_next("POST", TELL, status=502)
    with pytest.raises(GitHubError):
        shop.announce(started)
    open_shop().announce(replace(started, digest="sha256:other"))
    assert [len(each.statuses) for each in made(hub)] == [0, 1]


def test_a_status_whose_answer_was_lost_is_told_once(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    hub.drop_next("POST", TELL)
    shop.announce(started)
    assert [len(each.statuses) for each in made(hub)] == [1]


def test_what_another_deployment_retired_is_still_applied(
    hub: Hub, shop: GitHubRepository, started: Deployment
) -> None:
    """Other workflows deploy to environments of the same name; GitHub retires what was there."""
    shop.announce(replace(started, state=State.APPLIED))
    client = client_for(hub, hub.token(permissions={"deployments": "write"}), lazy=True)
    other = client.get_repo(SHOP).create_deployment(
        started.commit, environment="staging", required_contexts=[], auto_merge=False
    )
    other.create_status("success")
    client.close()
    assert made(hub)[0].statuses[-1].state == "inactive"
    assert next(shop.deployments("staging")).state is State.APPLIED


def test_without_the_permission_the_hint_names_it(open_shop: Open, started: Deployment) -> None:
    with pytest.raises(GitHubError) as error:
        open_shop(deployments="read", contents="read").announce(started)

    assert "deployments: write" in error.value.hint


def test_what_was_rolled_back_is_not_applied_any_more(
    hub: Hub, shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    shop.announce(replace(started, state=State.APPLIED))
    shop.announce(replace(started, state=State.ROLLED_BACK))

    newest, before = open_shop().deployments("staging")
    assert (newest.state, before.state) == (State.ROLLED_BACK, State.APPLIED)
    assert applied(open_shop().deployments("staging")) == {}


def test_what_others_made_inactive_is_still_applied(
    hub: Hub, shop: GitHubRepository, open_shop: Open, started: Deployment
) -> None:
    """As GitHub does to all that came before when a job of the environment succeeds."""
    shop.announce(replace(started, state=State.APPLIED))
    client = client_for(hub, hub.token(permissions={"deployments": "write"}), lazy=True)
    (ours,) = client.get_repo(SHOP).get_deployments()
    ours.create_status("inactive")
    client.close()

    assert [each.state for each in open_shop().deployments("staging")] == [State.APPLIED]
