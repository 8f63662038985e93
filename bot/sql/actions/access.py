"""Who may do what: roles, privileges, owners, policies."""

from bot.sql.actions.action import Action, action


@action
class Role(Action):
    """A role, server or user mapping; `secret` says that a password stands in the text."""

    name: str
    secret: bool = False


@action
class Grant(Action):
    """GRANT or REVOKE (`kind`) of privileges on objects, of all of them if `privileges` is empty.

    `on` is what `names` are in SQL's words. `scope` is "ALL IN SCHEMA" or "DEFAULT" where objects
    are not named one by one. A grantee is "public" for everybody.
    """

    kind: str
    relations: tuple[str, ...] = ()
    on: str = ""
    names: tuple[str, ...] = ()
    scope: str = ""
    privileges: tuple[str, ...] = ()
    grantees: tuple[str, ...] = ()
    grantable: bool = False


@action
class ChangeOwner(Action):
    """OWNER TO of anything but a relation, for which it is a TableOption."""

    kind: str
    name: str
    owner: str


@action
class CreatePolicy(Action):
    """A policy or a rule on a table, created or altered; `rule` tells them apart.

    `everything` says that a condition of a policy is plainly true, `strings` are the constants in
    its conditions. `command` is "" for ALTER POLICY, which cannot change it.
    """

    table: str
    name: str = ""
    rule: bool = False
    command: str = ""
    everything: bool = False
    permissive: bool = False
    strings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
