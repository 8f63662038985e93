"""How Sphinx makes the site. It reads what docs/site/gather.py has written."""

from pathlib import Path

project = "migration-bot"
author = "the authors of migration-bot"
copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}

# GitHub makes an anchor of every heading; a page that is printed has them all.
myst_heading_anchors = 6
myst_enable_extensions = ["attrs_inline"]
# `beside` is what gather.py says of a schema: a file of the site, and no page.
myst_url_schemes = {"https": None, "mailto": None, "beside": {"url": "{{path}}"}}

# What a rule warns of is not always SQL.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = "migration-bot"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "top_of_page_buttons": [],
    "navigation_with_keys": False,
}
pygments_style = "friendly"
pygments_dark_style = "monokai"
