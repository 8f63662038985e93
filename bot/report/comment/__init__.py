"""The comment on a pull request, and the Markdown it shares with a job's summary."""
