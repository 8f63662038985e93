from bot.adapters.telemetry import names
from bot.adapters.telemetry.rollouts import Rollouts
from bot.core.rollouts.rollout_log import Event
from tests.adapters.telemetry.lines import MIGRATION, FakeTracer, Lines


def test_a_rollout_is_a_tree_with_a_span_for_each_statement() -> None:
    tracer = FakeTracer()
    rollouts = Rollouts(tracer)

    for line in Lines().whole():
        rollouts.heard(line)

    assert tracer.tree() == [
        ("rollout", None),
        ("migration lock", "rollout"),
        ("gates", "rollout"),
        ("drift", "rollout"),
        ("backup", "rollout"),
        ("migration", "rollout"),
        ("CREATE INDEX shop", "migration"),
        ("UPDATE shop", "migration"),
    ]
    assert [each.name for each in tracer.spans if each.client] == [
        "CREATE INDEX shop",
        "UPDATE shop",
    ]
    assert all(each.at is not None and not each.error for each in tracer.spans)
    took = {each.name: each.seconds for each in tracer.spans}
    assert took == {
        "rollout": 13.0,
        "migration lock": 0.5,
        "gates": 2.0,
        "drift": 1.0,
        "backup": 2.0,
        "migration": 4.0,
        "CREATE INDEX shop": 0.25,
        "UPDATE shop": 0.25,
    }


def test_what_is_known_of_them_are_attributes_and_events() -> None:
    tracer = FakeTracer()
    rollouts = Rollouts(tracer)

    for line in Lines().whole():
        rollouts.heard(line)

    common = {names.SYSTEM: "postgresql", names.TARGET: "staging", names.NAMESPACE: "shop"}
    assert tracer.only("UPDATE shop").attributes == {
        **common,
        names.OPERATION: "UPDATE",
        names.NAME: MIGRATION,
        names.INDEX: 1,
        names.LINE: 2,
        names.ROWS: 3,
    }
    whole = tracer.only("rollout")
    assert whole.attributes == {**common, names.RUN: "cafe", names.EXIT_CODE: 0, names.APPLIED: 1}
    assert [name for name, _ in whole.events] == ["connected", "plan"]
    assert [told[names.GATE] for _, told in tracer.only("gates").events] == ["approval", "freeze"]
    assert tracer.only("drift").attributes[names.DIFFERENCES] == 3
    assert tracer.only("backup").attributes[names.BACKUP_BYTES] == 5000
    assert tracer.only("migration").attributes[names.ATTEMPTS] == 2
    # The words of it may quote another session.
    assert tracer.only("migration").events == [("retry", {})]


def test_what_is_measured() -> None:
    tracer = FakeTracer()
    rollouts = Rollouts(tracer)

    for line in Lines().whole():
        rollouts.heard(line)

    known = {names.SYSTEM: "postgresql", names.NAMESPACE: "shop"}
    staging = {names.TARGET: "staging"}
    assert tracer.metrics == [
        (names.BYTES, 5000, staging),
        (names.RETRIES, 1, staging),
        (names.STATEMENTS, 0.25, {**known, names.OPERATION: "CREATE INDEX"}),
        (names.STATEMENTS, 0.25, {**known, names.OPERATION: "UPDATE"}),
        (names.ROLLOUTS, 13.0, {**staging, names.OUTCOME: "done"}),
    ]


def test_an_error_ends_what_was_going_on() -> None:
    tracer, lines = FakeTracer(), Lines()
    rollouts = Rollouts(tracer)

    for line in (*lines.beginning(), lines.begin(), lines.stopped()):
        rollouts.heard(line)

    assert [each.name for each in tracer.spans if each.error == "PostgresError"] == [
        "rollout",
        "migration",
    ]
    assert tracer.only("rollout").attributes[names.EXIT_CODE] == 4
    assert tracer.metrics[-1][2][names.OUTCOME] == "PostgresError"
    assert "secret" not in str(tracer)


def test_a_gate_that_is_closed_ends_the_gates_and_the_rollout() -> None:
    tracer, lines = FakeTracer(), Lines()
    rollouts = Rollouts(tracer)

    for line in (*list(lines.beginning())[:5], lines.stopped()):
        rollouts.heard(line)

    assert tracer.only("gates").seconds == 1.0
    assert tracer.only("rollout").error


def test_a_migration_that_is_begun_again_after_a_lost_connection_is_two_spans() -> None:
    tracer, lines = FakeTracer(), Lines()
    rollouts = Rollouts(tracer)
    lost = lines.line(Event.RECONNECT, message="gone", seconds=1.0)

    for line in (*lines.beginning(), lines.begin(), lost, lines.begin(), *lines.done()):
        rollouts.heard(line)

    migrations = [each for each in tracer.spans if each.name == "migration"]
    assert [each.error for each in migrations] == ["ConnectionLost", ""]
    assert migrations[0].events == [("reconnect", {})]


def test_several_at_the_same_time_are_kept_apart() -> None:
    tracer = FakeTracer()
    rollouts = Rollouts(tracer)
    one, other = Lines("one"), Lines("other")

    for both in zip(one.whole(), other.whole(), strict=True):
        for line in both:
            rollouts.heard(line)

    roots = [each for each in tracer.spans if each.name == "rollout"]
    assert [each.attributes[names.RUN] for each in roots] == ["one", "other"]
    statements = [each for each in tracer.spans if each.client]
    assert [each.within.within for each in statements if each.within] == [*roots, *roots]


def test_one_that_nobody_ends_is_ended_when_all_is_over() -> None:
    tracer, lines = FakeTracer(), Lines()
    rollouts = Rollouts(tracer)
    for line in (*lines.beginning(), lines.begin()):
        rollouts.heard(line)

    rollouts.close()

    assert all(each.at is not None for each in tracer.spans)


def test_everything_has_a_name_that_is_documented() -> None:
    tracer = FakeTracer()
    rollouts = Rollouts(tracer)
    for line in Lines().whole():
        rollouts.heard(line)

    used = {key for each in tracer.spans for key in each.attributes}
    used |= {key for each in tracer.spans for _, told in each.events for key in told}
    assert used <= names.ATTRIBUTES.keys()
    assert {each.name for each in tracer.spans if not each.client} <= names.SPANS.keys()
    for name, _, told in tracer.metrics:
        assert tuple(told) == names.METRICS[name][2]
