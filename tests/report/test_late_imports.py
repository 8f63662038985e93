"""What is slow to import is imported only by the face that needs it."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from tests.report.samples import samples
from bot.report.{module} import {function}
for_use = {function}({argument})
print(sorted({{"jinja2", "rich"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("module", "function", "argument", "loaded"),
    [
        ("formats.as_json", "review_json", "samples()['blocked'].review", "[]"),
        ("faces.annotations", "annotations", "samples()['blocked'].review.all_findings", "[]"),
        ("formats.sarif", "sarif_json", "samples()['blocked'].review, []", "[]"),
        ("terminal.check", "check_text", "samples()['blocked'].review", "['rich']"),
        ("comment.markdown", "render_markdown", "samples()['blocked']", "['jinja2']"),
    ],
)
def test_a_face_loads_no_library_of_another(
    module: str, function: str, argument: str, loaded: str
) -> None:
    script = SCRIPT.format(module=module, function=function, argument=argument)
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == loaded
