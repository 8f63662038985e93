"""The workflows that publish pages: as strict as our own, and with every right in one place."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.documents import ROOT, blocks

PAGE = ROOT / "docs/how-to/publish-a-report.md"
ZIZMOR = Path(sys.executable).parent / "zizmor"
SHOWN = [each.text for each in blocks(PAGE, "yaml")]


@pytest.mark.parametrize("text", SHOWN, ids=("artifact", "pages"))
def test_a_workflow_is_one_and_strict(text: str, tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "report.yml").write_text(text, "utf-8")
    strict = [str(ZIZMOR), "--offline", "--quiet", "--no-progress", "--persona", "pedantic"]
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    for command in (strict, [*schema, "vendor.github-workflows"]):
        done = subprocess.run(
            [*command, str(folder / "report.yml")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_who_publishes_has_no_secret_and_who_has_one_does_not_publish() -> None:
    report, publish = (yaml.safe_load(SHOWN[1])["jobs"][name] for name in ("report", "publish"))
    assert "secrets" not in str(publish)
    assert set(report["permissions"].values()) == {"read"}
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
