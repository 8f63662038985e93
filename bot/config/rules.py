"""The rules' part of the configuration: severity, exclusions, and the options a rule declares."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    Strict,
    ValidationError,
    create_model,
)

from bot.config.parts import StrictModel, nearest
from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, name_of, needs_options, options_of
from bot.core.options import Option, options_in

# YAML 1.1, which PyYAML reads, takes a bare `off` for false.
RuleSeverity = Annotated[
    Literal["off", "notice", "warning", "error"],
    BeforeValidator(lambda value: "off" if value is False else value),
]
Glob = Annotated[str, Field(min_length=1)]


class ExcludeFile(StrictModel):
    """Where a rule is not looked for. What is left out is counted in reports, and not shown."""

    migrations: list[Glob] = Field(
        default=[], description='Patterns of migration folders, with `*`, `?` and `[…]`: `"2023*"`.'
    )
    tables: list[Glob] = Field(
        default=[],
        description='Patterns of tables: `"public.audit_*"`, or `"audit_*"` in any schema. '
        "A finding is left out if its statement does nothing to any other table.",
    )


class RuleFile(StrictModel):
    """A rule's severity alone, as text, or these keys."""

    severity: RuleSeverity | None = Field(
        default=None, description="How bad a finding is; the rule's own if absent."
    )
    exclude: ExcludeFile = Field(default_factory=ExcludeFile)
    options: dict[str, Any] = Field(
        default={}, description="What the rule's page says can be set for it."
    )


def _spelled_out(value: Any) -> Any:
    """A severity alone stands for a rule with nothing else said."""
    return {"severity": value} if isinstance(value, (str, bool)) else value


RuleEntry = Annotated[
    RuleFile, BeforeValidator(_spelled_out, json_schema_input_type=RuleSeverity | RuleFile)
]


@dataclass
class RuleChoices:
    """What the configuration says of rules, as core values, by rule."""

    severities: dict[str, Severity | None] = field(default_factory=dict)
    exclusions: dict[str, Exclusion] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def chosen(files: Mapping[str, RuleFile], rules: Collection[Rule]) -> tuple[RuleChoices, list[str]]:
    """The choices, and every mistake in them; no `rules` means that any name will do."""
    by_name = {name_of(rule): rule for rule in rules}
    choices, mistakes = RuleChoices(), list[str]()
    for name, file in files.items():
        _take(name, file, choices)
        if rules and name not in by_name:
            mistakes.append(f"rules.{name}: there is no such rule{nearest(name, by_name)}")
        elif rules:
            mistakes += _silent(name, file, by_name[name])
            mistakes += _set_options(name, file, by_name[name], choices)
    return choices, mistakes


def _take(name: str, file: RuleFile, choices: RuleChoices) -> None:
    if file.severity is not None:
        off = file.severity == "off"
        choices.severities[name] = None if off else Severity(file.severity)
    exclusion = Exclusion(tuple(file.exclude.migrations), tuple(file.exclude.tables))
    if exclusion != Exclusion():
        choices.exclusions[name] = exclusion


def _silent(name: str, file: RuleFile, rule: Rule) -> Iterator[str]:
    """A rule that is spoken of and would still find nothing."""
    if file.severity is None and rule.SEVERITY is None:
        yield f"rules.{name}.severity: the rule is off by itself; say notice, warning or error"
    if needs_options(rule) and file.severity not in (None, "off") and not file.options:
        known = ", ".join(each.name for each in options_in(options_of(rule)))
        yield f"rules.{name}.options: the rule finds nothing until it is given some of: {known}"


def _set_options(name: str, file: RuleFile, rule: Rule, choices: RuleChoices) -> Iterator[str]:
    if not file.options:
        return
    defaults = options_of(rule)
    if defaults is None:
        yield f"rules.{name}.options: the rule has none"
        return
    known = list(options_in(defaults))
    try:
        read = _model_of(known).model_validate(file.options)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _explained(name, each, [option.name for option in known])
        return
    values = {each.name: getattr(read, each.name) for each in known}
    choices.options[name] = type(defaults)(**values)


def _model_of(options: Collection[Option]) -> type[BaseModel]:
    # pydantic types no names of fields that are known only now.
    return create_model(  # type: ignore[call-overload, no-any-return]
        "Options",
        __base__=StrictModel,
        **{
            each.name: (_kind(each), Field(default=each.default, ge=each.least))
            if each.least is not None
            else (_kind(each), each.default)
            for each in options
        },
    )


def _kind(option: Option) -> Any:
    """YAML has lists where options are tuples, and text where they are patterns."""
    return (
        Annotated[option.kind, Strict(False)] if get_origin(option.kind) is tuple else option.kind
    )


def _explained(name: str, error: Any, known: Collection[str]) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key rules.{name}.options.{place}{nearest(place, known)}"
    said = error["msg"]
    return f"rules.{name}.options.{place}: {said[:1].lower()}{said[1:]}"
