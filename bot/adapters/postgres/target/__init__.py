"""One target as a rollout sees it. `opening.py` puts together what the other modules are parts of:
the migration lock, Prisma's rows, what runs statements, what looks at the server."""
