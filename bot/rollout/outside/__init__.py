"""Statements that PostgreSQL wants outside a transaction: `alone.py` sees each of them through, the
others know what their kinds leave behind."""
