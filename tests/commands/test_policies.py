"""check, called as a person would, with a configuration that decides about rules."""

import json

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, INIT, MORE, Place, refused

BLOCKING = "CREATE INDEX a_id ON a (id);\n"


def test_what_comes_up_to_the_baseline_is_not_judged(place: Place) -> None:
    place.write(f"{FOLDER}/Badly Named/migration.sql", "SELEC 1;\n")
    place.write(f"{FOLDER}/{MORE}/migration.sql", BLOCKING)
    assert place.bot("check", "--all").code == ExitCode.FINDINGS

    place.write(CONFIGURATION, "baseline: Badly Named\n")
    done = place.bot("check", "--all")
    assert done.code == 0
    assert "3 migrations up to Badly Named are the baseline and not judged." in done.out

    place.write(CONFIGURATION, f"baseline: {INIT}\n")
    assert place.bot("check", "--all").code == ExitCode.FINDINGS


def test_a_baseline_that_does_not_exist_is_refused(place: Place) -> None:
    place.write(CONFIGURATION, "baseline: 20250101000000_nothing\n")
    refused(place.bot("check", "--all"), ExitCode.USAGE, "20250101000000_nothing is no migration")


def test_what_is_excluded_is_counted(place: Place) -> None:
    rules = {"index-create-blocking": {"exclude": {"tables": ["public.a"]}}}
    place.write(CONFIGURATION, json.dumps({"rules": rules}))
    done = place.check(BLOCKING)
    assert done.code == 0
    assert "index-create-blocking" not in done.out
    assert "1 finding is excluded by the configuration." in done.out
    assert json.loads(place.bot("check", "--format", "json").out)["excluded"] == 1


def test_options_decide_what_a_rule_finds(place: Place) -> None:
    options = {"severity": "error", "options": {"tables": "[a-z_]+"}}
    place.write(CONFIGURATION, json.dumps({"rules": {"policy-naming": options}}))
    done = place.check('CREATE TABLE "B" (id bigint PRIMARY KEY);\n')
    assert done.code == ExitCode.FINDINGS
    assert "The table B is not named like [a-z_]+." in done.out


def test_mistakes_in_options_are_listed_with_the_rest(place: Place) -> None:
    options = {"severity": "error", "options": {"tabels": "x", "columns": "("}}
    rules = {"policy-naming": options, "policy-colums": "error", "policy-columns": "error"}
    place.write(CONFIGURATION, json.dumps({"rules": rules, "colour": 1}))
    refused(place.bot("check"), ExitCode.USAGE, "unknown key colour")
    place.write(CONFIGURATION, json.dumps({"rules": rules}))
    refused(
        place.bot("check"),
        ExitCode.USAGE,
        "has 4 mistakes",
        "unknown key rules.policy-naming.options.tabels; did you mean tables?",
        "rules.policy-naming.options.columns: input should be a valid regular expression",
        "rules.policy-colums: there is no such rule; did you mean policy-columns?",
        "rules.policy-columns.options: the rule finds nothing until it is given some of: required",
    )


def test_an_allowance_that_is_over_blocks_again(place: Place) -> None:
    allow = "-- migration-bot: allow index-create-blocking until {} because it is small\n"
    done = place.check(allow.format("2999-12-31") + BLOCKING)
    assert done.code == 0
    told = " ".join(done.out.split())
    assert "allowed index-create-blocking until 2999-12-31: it is small" in told

    done = place.check(allow.format("2020-01-01") + BLOCKING)
    assert done.code == ExitCode.FINDINGS
    assert "was allowed until 2020-01-01, and that day has passed." in " ".join(done.out.split())


def test_a_model_without_a_migration_is_found(place: Place) -> None:
    schema = 'datasource db {\n  provider = "postgresql"\n}\nmodel a {\n  id Int @id\n}\n'
    place.write("prisma/schema.prisma", schema)
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message", "a schema")
    place.git("branch", "--force", "main")
    assert "prisma-schema-mismatch" not in place.bot("check").out

    place.write("prisma/schema.prisma", schema.replace("@id\n", "@id\n  b Int?\n"))
    done = place.bot("check")
    assert done.code == 0
    assert "prisma/schema.prisma:4:1 warning prisma-schema-mismatch" in done.out
