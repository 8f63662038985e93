""".ci/release: what the release workflow does, a step each, here as there.

version             print the version
check TAG           is the tag that of the version and of the changelog?
prepare VERSION     write the version, and what was unreleased under it
notes               print the changelog's section of the version
build DIR           wheel and source distribution, the same bytes wherever
audit DIR           do they hold what they should?
sbom PYTHON FILE    what an environment is made of, as CycloneDX, checked against the lock
schemastore         print the entry by which editors find the configuration's schema
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from releasing import version
from releasing.audit import complaints
from releasing.changelog import section
from releasing.hatch_build import address, readme
from releasing.packages import build, digest, found
from releasing.sbom import make
from releasing.schemastore import entry

Verb = Callable[[argparse.Namespace], Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        wrong = given.verb(given)
    except (ValueError, LookupError) as error:
        wrong = [str(error)]
    for each in wrong:
        sys.stderr.write(f"error: {each}\n")
    return 1 if wrong else 0


def _version(_: argparse.Namespace) -> Sequence[str]:
    return _say(version.current())


def _check(given: argparse.Namespace) -> Sequence[str]:
    today = datetime.now(UTC).date()
    return version.problems(given.tag, version.current(), version.changelog(), today)


def _prepare(given: argparse.Namespace) -> Sequence[str]:
    version.prepare(given.version, datetime.now(UTC).date())
    return []


def _notes(_: argparse.Namespace) -> Sequence[str]:
    now = version.current()
    return _say(readme(section(version.changelog(), now), address(), now))


def _build(given: argparse.Namespace) -> Sequence[str]:
    for each in build(given.place.resolve()).both:
        _say(f"{digest(each)}  {each.name}")
    return []


def _audit(given: argparse.Namespace) -> Sequence[str]:
    return complaints(found(given.place), published=given.published)


def _sbom(given: argparse.Namespace) -> Sequence[str]:
    return make(given.python, given.file)


def _schemastore(_: argparse.Namespace) -> Sequence[str]:
    return _say(json.dumps(entry(address()), indent=2))


def _say(text: str) -> Sequence[str]:
    sys.stdout.write(f"{text}\n")
    return []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=".ci/release",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, work: Verb) -> argparse.ArgumentParser:
        added = verbs.add_parser(name)
        added.set_defaults(verb=work)
        return added

    verb("version", _version)
    verb("check", _check).add_argument("tag")
    verb("prepare", _prepare).add_argument("version")
    verb("notes", _notes)
    verb("schemastore", _schemastore)
    verb("build", _build).add_argument("place", type=Path)
    audit = verb("audit", _audit)
    audit.add_argument("place", type=Path)
    audit.add_argument("--published", action="store_true", help="also what only a release says")
    sbom = verb("sbom", _sbom)
    sbom.add_argument("python", type=Path)
    sbom.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
