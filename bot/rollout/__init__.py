"""Carrying out a plan on one target: the only code that runs migrations.

Read `procedure.py` first: it is the whole story, and the other modules are its parts.
"""
