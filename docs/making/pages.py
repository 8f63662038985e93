"""Every made page by its path below docs/."""

import json
import posixpath
from pathlib import Path

from bot.cli import cli
from bot.config.databases import WholeFile, json_schema
from bot.core.findings.rule import name_of
from bot.core.log_line import log_schema
from bot.core.targets.url_parameters import PARAMETERS
from bot.handoff.schema import report_schema
from bot.rules import RULES
from docs.making.commands import commands_page
from docs.making.configuration import configuration_page
from docs.making.connection import connection_page
from docs.making.contents import contents_page
from docs.making.faults import faults_page
from docs.making.performance import performance_page
from docs.making.rules import index_page, rule_page
from docs.site.navigation import CONTENTS
from docs.site.sources import documents

DOCS = Path(__file__).parents[1]
MADE_ONLY = ("rules",)


def pages() -> dict[str, str]:
    rules = {f"rules/{name_of(rule)}.md": rule_page(rule) for rule in RULES}
    figures = json.loads((DOCS / "faults.json").read_text("utf-8"))
    contents = (DOCS.parent / CONTENTS).read_text("utf-8")
    return rules | {
        "explanation/performance.md": performance_page(DOCS),
        "reference/faults.md": faults_page(figures),
        "rules/README.md": index_page(RULES),
        "reference/commands.md": commands_page(cli),
        "reference/connection.md": connection_page(PARAMETERS),
        "README.md": contents_page(contents, _listed()),
        "reference/configuration.md": configuration_page(WholeFile),
        "reference/report.schema.json": json.dumps(report_schema(), indent=2) + "\n",
        "reference/log.schema.json": json.dumps(log_schema(), indent=2) + "\n",
        "reference/configuration.schema.json": json.dumps(json_schema(), indent=2) + "\n",
    }


def _listed() -> dict[str, str]:
    """What the list of all pages has to name, by its path from there, with its text."""
    return {
        posixpath.relpath(path, "docs"): (DOCS.parent / path).read_text("utf-8")
        for path in documents(DOCS.parent)
        if not path.startswith("docs/rules/") and not path.endswith("README.md")
    }
