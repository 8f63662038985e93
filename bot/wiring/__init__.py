"""Which adapter fills which place of the world. cli.py's other half."""
