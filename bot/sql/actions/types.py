"""What is done to enums and domains."""

from bot.sql.actions.action import Action, action
from bot.sql.values import Type


@action
class CreateEnum(Action):
    name: str
    values: tuple[str, ...] = ()


@action
class AddEnumValue(Action):
    name: str
    value: str


@action
class RenameEnumValue(Action):
    name: str
    old: str
    new: str


@action
class CreateDomain(Action):
    name: str
    type: Type
    constrained: bool = False


@action
class AlterDomain(Action):
    """`command` is ADD CONSTRAINT, VALIDATE CONSTRAINT, SET NOT NULL, …"""

    name: str
    command: str
    validated: bool = True
