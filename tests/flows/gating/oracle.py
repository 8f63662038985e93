"""The rules of approval once more, read off the list of deeds alone, without the bot's code.

A text may run on production if it is on main, a pull request brought it there, and enough people
approved it: each at the very head that was merged, as their last word, able to write today, fit
for the policy, and without a hand in it.
"""

from dataclasses import dataclass, field

from tests.flows.gating.deeds import IN_TEAM, OWNERS, ROLE_NAMES, ROLES, STRANGER, Deed

_WRITING = ("write", "maintain", "admin")


def may_run(deeds: list[Deed], pull: int, policy: str) -> bool:
    """Whether the migration of a pull request may run after all these deeds."""
    merged_at, text = _landing(deeds, pull)
    if merged_at is None or text is None:
        return _risk(text) == "low" and policy == "by risk"
    history = _Told()
    for number, deed in enumerate(deeds):
        if deed.pull == pull:
            _hear(history, deed, number, frozen=number > merged_at)
    if text != history.texts[history.head]:
        return _risk(text) == "low" and policy == "by risk"
    good = [who for who in ROLES if _approves(who, history, deeds, policy, text)]
    return len(good) >= _count(policy, text)


def on_main(deeds: list[Deed], pull: int) -> bool:
    return _landing(deeds, pull)[1] is not None


@dataclass
class _Told:
    """What can be said of a pull request. A head is the number of the deed that made it."""

    opener: str = ""
    head: int = -1
    below: dict[int, list[int]] = field(default_factory=dict)
    texts: dict[int, int] = field(default_factory=dict)
    hands: dict[int, set[str]] = field(default_factory=dict)
    heads: list[int] = field(default_factory=list)
    words: dict[str, list[list[object]]] = field(default_factory=dict)


def _landing(deeds: list[Deed], pull: int) -> tuple[int | None, int | None]:
    """Which merge put the migration on main, if one did, and which text is there now."""
    there: int | None = None
    by_merge: int | None = None
    merged = False
    head_text, texts = 0, list[int]()
    for number, deed in enumerate(deeds):
        if deed.pull != pull:
            continue
        if deed.kind in ("open", "push", "force push") and not merged:
            head_text = deed.text % 3
            texts.append(head_text)
        elif deed.kind == "go back" and not merged:
            head_text = texts[deed.text % len(texts)]
        elif deed.kind == "merge" and not merged:
            merged = True
            if there is None:
                by_merge = number
            there = head_text
        elif deed.kind == "push to main" or (deed.kind == "bring back" and there is None):
            if there is None:
                by_merge = None
            there = deed.text % 3
        elif deed.kind == "revert":
            there = by_merge = None
    return by_merge, there


def _hear(told: _Told, deed: Deed, number: int, *, frozen: bool) -> None:
    who = deed.who
    if deed.kind == "open":
        told.opener = who
        _commit(told, number, [], deed, {who.split(" for ")[0]})
    elif deed.kind == "push" and not frozen:
        _commit(told, number, told.below[told.head], deed, {who, "ada"})
    elif deed.kind == "force push" and not frozen:
        _commit(told, number, [], deed, {who})
    elif deed.kind == "go back" and not frozen:
        told.head = told.heads[deed.text % len(told.heads)]
        told.hands[told.head].add(who)
    elif deed.kind == "approve":
        told.words.setdefault(who, []).append(["yes", told.head, "review"])
    elif deed.kind == "approve earlier":
        earlier = told.heads[deed.text % len(told.heads)]
        told.words.setdefault(who, []).append(["yes", earlier, "review"])
    elif deed.kind == "comment approve":
        told.words.setdefault(who, []).append(["yes", told.head, "comment"])
    elif deed.kind == "request changes":
        told.words.setdefault(who, []).append(["no", told.head, "review"])
    elif deed.kind == "dismiss":
        reviews = [each for each in told.words.get(deed.other, []) if each[2] == "review"]
        if reviews:
            reviews[-1][0] = "no"
    elif deed.kind == "edit comment":
        comments = [each for each in told.words.get(who, []) if each[2] != "review"]
        if comments:
            comments[-1][2] = "edited"


def _commit(told: _Told, number: int, on: list[int], deed: Deed, hands: set[str]) -> None:
    told.head = number
    told.heads.append(number)
    told.below[number] = [*on, number]
    told.texts[number] = deed.text % 3
    told.hands[number] = hands | ({deed.other} if deed.other else set())


def _approves(who: str, told: _Told, deeds: list[Deed], policy: str, text: int) -> bool:
    spoken = [each for each in told.words.get(who, []) if each[2] != "edited"]
    if not spoken or spoken[-1][:2] != ["yes", told.head]:
        return False
    hands = set(told.opener.split(" for "))
    for commit in told.below[told.head]:
        hands |= told.hands[commit]
    if who in hands or (STRANGER in hands and who in ("mia", "linus")):
        return False
    if policy != "one, or whoever starts it" and who in _starters(deeds):
        return False
    role, in_team = _today(who, deeds)
    return role in _WRITING and _fits(who, role, in_team, policy, text)


def _starters(deeds: list[Deed]) -> set[str]:
    """Who started the newest run, and who ran it again last. A merge of what is merged already,
    and bringing back what is there, start nothing."""
    started: list[str] = []
    for number, deed in enumerate(deeds):
        before = deeds[:number]
        idle = (
            deed.kind == "merge"
            and any(each.kind == "merge" and each.pull == deed.pull for each in before)
        ) or (deed.kind == "bring back" and on_main(before, deed.pull))
        if deed.kind in ("merge", "push to main", "bring back", "revert", "dispatch") and not idle:
            started = [deed.who]
        elif deed.kind == "run again":
            started = [*started[:1], deed.who] if started else [deed.who]
    return set(started)


def _today(who: str, deeds: list[Deed]) -> tuple[str, bool]:
    role, in_team = ROLES[who], who in IN_TEAM
    for deed in deeds:
        if deed.kind == "role" and deed.other == who:
            role = ROLE_NAMES[deed.text]
        if deed.kind == "team" and deed.other == who:
            in_team = not in_team
    return role, in_team


def _fits(who: str, role: str, in_team: bool, policy: str, text: int) -> bool:
    if policy == "users":
        return who in ("grace", "linus")
    if policy == "team":
        return in_team
    if policy == "code owners":
        return in_team or who in OWNERS
    if policy == "maintainers":
        return role in ("maintain", "admin")
    if policy == "by risk" and _risk(text) == "high":
        return in_team or who == "linus"
    return True


def _count(policy: str, text: int) -> int:
    if policy == "by risk":
        return {"low": 0, "medium": 1, "high": 2}[_risk(text)]
    return 2 if policy == "two" else 1


def _risk(text: int | None) -> str:
    return ("low", "medium", "high")[text] if text is not None else "none"
