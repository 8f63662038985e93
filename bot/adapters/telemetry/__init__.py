"""OpenTelemetry: what rollouts, backups and rehearsals do, as spans and metrics for a collector."""
