"""Migrations, their statements, and the history they make."""
