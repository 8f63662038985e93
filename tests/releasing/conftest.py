"""One build of the packages for every test that looks at them."""

import os

import pytest

from releasing.hatch_build import REPOSITORY
from releasing.packages import Packages, build

HOME = "https://github.com/acme/migration-bot"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """As a release builds them; each worker of a parallel run has its own."""
    return build(tmp_path_factory.mktemp("dist"), environ={**os.environ, REPOSITORY: HOME})
