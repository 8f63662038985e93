"""A GitOps bot that checks, rehearses and applies Prisma migrations to PostgreSQL."""

__version__ = "0.1.0"
