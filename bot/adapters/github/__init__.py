"""GitHub, through PyGithub. Takes and returns plain values; raises GitHubError."""
