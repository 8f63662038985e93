"""What a shell proposes after TAB, from a made table: no verb's module is loaded for it."""

# Set by a shell that asks what may come next.
VARIABLE = "_MIGRATION_BOT_COMPLETE"
