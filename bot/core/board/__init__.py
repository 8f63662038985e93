"""Everything the pages show, as one value."""
