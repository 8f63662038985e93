"""Where boxes and the lines between them go: boxes in columns, lines in the channels between."""
