"""What is done about a command: before a secret is at hand, and in the job of an environment."""
