"""A notification as each channel takes it: Slack's blocks, Teams' adaptive card, plain JSON.

Text of a repository, a server or a person is never markup there: in Slack it is escaped and shown
as code, where nothing is a link, a mention or bold; Teams' text runs know no Markdown.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.gates.gate import Gate
from bot.core.github.notification import Channel, Moment, Notification
from bot.report import words
from bot.report.escape import one_line

SCHEMA = 1

_MOST = 10
# Slack refuses a text of more than 3,000 characters, and a header of more than 150.
_LONGEST = 500
_HEADER = 150
_SLACK_ROOM = 2900
_SIGNS = {
    Moment.STARTED: "🔄",
    Moment.APPLIED: "✅",
    Moment.FAILED: "❌",
    Moment.WAITING: "🔒",
    Moment.OVERRIDDEN: "🔓",
    Moment.DRIFT: "⚠️",
    Moment.DRIFT_GONE: "✅",
    Moment.ROLLED_BACK: "↩️",
}


def payload_of(notification: Notification, channel: Channel) -> dict[str, Any]:
    if channel is Channel.SLACK:
        return _slack(notification)
    if channel is Channel.TEAMS:
        return _teams(notification)
    return _plain(notification)


def headline_of(notification: Notification) -> str:
    """One sentence that says it all."""
    target = one_line(notification.target)
    migrations = words.count(len(notification.migrations), "migration")
    took = f" in {words.duration(notification.seconds)}" if notification.seconds else ""
    rollout = f"rollback of {target}" if notification.backwards else f"rollout to {target}"
    return {
        Moment.STARTED: f"Applying {migrations} to {target}",
        Moment.APPLIED: f"Applied {migrations} to {target}{took}",
        Moment.FAILED: f"The {rollout} failed",
        Moment.WAITING: f"The {rollout} waits: a gate is closed",
        Moment.OVERRIDDEN: f"A closed gate of {target} was overridden",
        Moment.DRIFT: f"The schema of {target} is not what its migrations make",
        Moment.DRIFT_GONE: f"The schema of {target} is what its migrations make again",
        Moment.ROLLED_BACK: f"Took {migrations} back from {target}{took}",
    }[notification.moment]


def _facts(notification: Notification) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What to show, by its label; each a text from outside, on one line."""
    if notification.message:
        yield "What happened", (notification.message,)
    if notification.hint:
        yield "What to do", (notification.hint,)
    if notification.gates:
        yield "Gates", tuple(_gate(each) for each in notification.gates)
    if notification.drift:
        yield "Differences", _cut(notification.drift)
    if notification.failed:
        yield "Stopped at", (notification.failed,)
    if notification.migrations:
        yield "Migrations", _cut(notification.migrations)
    if notification.digest:
        yield "Plan", (notification.digest[:19],)
    if notification.commit:
        yield "Commit", (notification.commit[:12],)
    if notification.pulls:
        yield "Pull requests", tuple(f"#{each}" for each in notification.pulls)


def _gate(gate: Gate) -> str:
    waits = f"; waits for {words.listed(gate.waits_for)}" if gate.waits_for else ""
    overridden = f"; {gate.overridden}" if gate.overridden else ""
    return f"{gate.name}: {gate.reason}{waits}{overridden}"


def _cut(texts: Sequence[str]) -> tuple[str, ...]:
    more = len(texts) - _MOST
    return (*texts[:_MOST], f"and {more} more") if more > 0 else tuple(texts)


def _slack(notification: Notification) -> dict[str, Any]:
    headline = f"{_SIGNS[notification.moment]} {headline_of(notification)}"
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": headline[:_HEADER]}}
    ]
    for label, texts in _facts(notification):
        shown = _slack_lines(texts)
        text = {"type": "mrkdwn", "text": f"*{label}*\n{shown}", "verbatim": True}
        blocks.append({"type": "section", "text": text})
    if notification.run_url:
        button = {
            "type": "button",
            "text": {"type": "plain_text", "text": "Look at the run"},
            "url": notification.run_url,
        }
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": _slack_text(headline), "mrkdwn": False, "blocks": blocks}


def _slack_lines(texts: Sequence[str]) -> str:
    """As many whole lines as there is room for."""
    lines, room = [], _SLACK_ROOM
    for each in map(_slack_code, texts):
        room -= len(each) + 1
        if room < 0:
            lines.append("`…`")
            break
        lines.append(each)
    return "\n".join(lines)


def _slack_text(text: str) -> str:
    """Slack reads mentions, links and dates between angle brackets, and nowhere else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_code(text: str) -> str:
    shown = one_line(text)[:_LONGEST].replace("`", "ˋ")
    return f"`{_slack_text(shown)}`"


def _teams(notification: Notification) -> dict[str, Any]:
    headline = f"{_SIGNS[notification.moment]} {headline_of(notification)}"
    body = [_run(headline, size="Large", weight="Bolder")]
    for label, texts in _facts(notification):
        body.append(_run(label, weight="Bolder"))
        body += [_run(one_line(each)[:_LONGEST], spacing="None") for each in texts]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if notification.run_url:
        url = notification.run_url
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Look at the run", "url": url}]
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _run(text: str, *, spacing: str = "Default", **style: str) -> dict[str, Any]:
    inlines = [{"type": "TextRun", "text": text, **style}]
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": inlines}


def _plain(notification: Notification) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "id": notification.id,
        "event": notification.moment.value,
        "headline": headline_of(notification),
        "at": notification.at.isoformat(),
        "target": notification.target,
        "kind": notification.kind.value,
        "migrations": list(notification.migrations),
        "digest": notification.digest,
        "seconds": notification.seconds,
        "failed": notification.failed,
        "message": notification.message,
        "hint": notification.hint,
        "gates": [_plain_gate(each) for each in notification.gates],
        "drift": list(notification.drift),
        "pulls": list(notification.pulls),
        "commit": notification.commit,
        "repository": notification.repository,
        "run_url": notification.run_url,
    }


def _plain_gate(gate: Gate) -> dict[str, Any]:
    return {
        "name": gate.name,
        "open": gate.open,
        "reason": gate.reason,
        "waits_for": list(gate.waits_for),
        "given_by": list(gate.given_by),
        "overridden": gate.overridden,
    }
