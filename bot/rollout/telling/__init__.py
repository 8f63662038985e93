"""What a rollout says while it runs, to people and to machines, and when it is broken off."""
