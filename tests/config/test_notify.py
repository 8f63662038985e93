import pytest

from bot.config.file import read_settings
from bot.core.github.notification import Channel, Moment, Sink
from bot.errors import UsageError

TARGETS = "targets: {staging: {kind: staging, url_env: STAGING_URL}}\n"


def test_nobody_is_told_unless_the_file_says_so() -> None:
    assert read_settings("", path="f").notify == ()


def test_a_sink_hears_of_everything_but_starts_unless_it_says_otherwise() -> None:
    (sink,) = read_settings("notify: [{kind: slack, url_env: SLACK}]", path="f").notify
    assert sink == Sink(
        Channel.SLACK, "SLACK", moments=frozenset(Moment) - {Moment.STARTED}, targets=frozenset()
    )


def test_what_a_sink_hears_of_can_be_chosen() -> None:
    text = (
        TARGETS
        + "notify: [{kind: webhook, url_env: A, secret_env: B, events: [failed], "
        + "targets: [staging]}]"
    )
    (sink,) = read_settings(text, path="f").notify
    assert (sink.secret_env, sink.moments) == ("B", frozenset({Moment.FAILED}))
    assert sink.targets == frozenset({"staging"})


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("{kind: slack, url_env: A, targets: [nowhere]}", "there is no target nowhere"),
        ("{kind: slack, url_env: A, secret_env: B}", "slack takes no signature"),
        ("{kind: slack, url_env: 'https://hooks.slack.com/x'}", "url_env"),
        ("{kind: slack}", "url_env"),
        ("{kind: slack, url_env: A, event: [failed]}", "did you mean events?"),
        ("{kind: irc, url_env: A}", "kind"),
    ],
)
def test_mistakes_are_told_with_their_place(entry: str, mistake: str) -> None:
    with pytest.raises(UsageError) as error:
        read_settings(f"{TARGETS}notify: [{entry}]", path="f")
    assert "notify.0" in error.value.message
    assert mistake in error.value.message
