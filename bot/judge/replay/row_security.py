"""How row level security, its policies, and rules change the catalogue."""

from bot.judge.catalogue.catalogue import Catalogue
from bot.sql import actions as act


def table_option(catalogue: Catalogue, action: act.TableOption, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table and action.command in ("AT_EnableRowSecurity", "AT_DisableRowSecurity"):
        catalogue.put(table, row_security=action.command == "AT_EnableRowSecurity")


def create_policy(catalogue: Catalogue, action: act.CreatePolicy, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table and action.rule and action.name not in table.rules:
        catalogue.put(table, rules=(*table.rules, action.name))
    elif table and not action.rule and action.name not in table.policies:
        catalogue.put(table, policies=(*table.policies, action.name))


def drop_rule(catalogue: Catalogue, name: str, rule: str) -> None:
    table = catalogue.tables.get(name)
    if table:
        catalogue.put(table, rules=tuple(each for each in table.rules if each != rule))


def drop_policy(catalogue: Catalogue, name: str, policy: str) -> None:
    table = catalogue.tables.get(name)
    if table:
        left = tuple(each for each in table.policies if each != policy)
        catalogue.put(table, policies=left)
