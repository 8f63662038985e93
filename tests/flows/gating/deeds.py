"""What people do around a pull request, as plain values, and how sequences of it are made up."""

from dataclasses import dataclass
from random import Random

from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission
from bot.core.findings.risk import Risk

PEOPLE = ("ada", "grace", "linus", "mia", "eve")
STRANGER = "Mia Stone <mia@home.example>"
"""Who cannot be told apart from mia, by the name, nor from linus, whose profile shows nothing."""
NAMES = {"ada": "Ada L.", "grace": "Grace H.", "linus": "", "mia": "Mia Stone", "eve": "Eve"}
ROLES = {"ada": "write", "grace": "write", "linus": "maintain", "mia": "write", "eve": "read"}
TEAM = "acme/dba"
IN_TEAM = ("grace", "mia")
CODEOWNERS = "* @eve\n/prisma/migrations/ @linus @acme/dba\n"
OWNERS = ("linus",)
TEXTS = ("CREATE TABLE t()", "CREATE TABLE t(a int)", "DROP TABLE t")
RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
BOT = "robot[bot]"

POLICIES = {
    "one": ApprovalPolicy.of(1),
    "one, or whoever starts it": ApprovalPolicy.of(1, triggerer=True),
    "two": ApprovalPolicy.of(2),
    "users": ApprovalPolicy.of(1, Approvers(users=("Grace", "linus"))),
    "team": ApprovalPolicy.of(1, Approvers(teams=(TEAM,))),
    "code owners": ApprovalPolicy.of(1, Approvers(codeowners=True)),
    "maintainers": ApprovalPolicy.of(1, Approvers(permission=Permission.MAINTAIN)),
    "by risk": ApprovalPolicy(
        low=Need(0), medium=Need(1), high=Need(2, Approvers(users=("linus",), teams=(TEAM,)))
    ),
}


@dataclass(frozen=True)
class Deed:
    """`who` does it to the pull request `pull`. `text` is the number of a text, of an earlier head
    or of a role; `other` is a second person."""

    kind: str
    who: str
    pull: int = 0
    text: int = 0
    other: str = ""


# How often each happens, of a hundred.
_KINDS = {
    "push": 14,
    "force push": 5,
    "go back": 4,
    "approve": 26,
    "approve earlier": 3,
    "request changes": 4,
    "comment": 3,
    "dismiss": 4,
    "comment approve": 8,
    "edit comment": 3,
    "merge": 12,
    "push to main": 2,
    "revert": 2,
    "bring back": 2,
    "role": 4,
    "team": 2,
    "dispatch": 4,
    "run again": 4,
}
ROLE_NAMES = ("none", "read", "triage", "write", "maintain", "admin")


def made_up(random: Random, length: int) -> list[Deed]:
    """A story of two pull requests that each bring a migration."""
    deeds = [Deed("open", _opener(random), pull, random.randrange(3)) for pull in (0, 1)]
    kinds = random.choices(list(_KINDS), list(_KINDS.values()), k=length)
    return deeds + [_deed(kind, random) for kind in kinds]


def _deed(kind: str, random: Random) -> Deed:
    other = random.choice(("", "", "", *PEOPLE, STRANGER)) if "push" in kind else ""
    if kind in ("dismiss", "role", "team"):
        other = random.choice(PEOPLE)
    return Deed(kind, random.choice(PEOPLE), random.randrange(2), random.randrange(6), other)


def _opener(random: Random) -> str:
    return random.choice(("ada", "ada", "ada", "grace", "mia", f"{BOT} for grace"))
