"""What makes a release of the bot: packages, their audit, the version, the notes."""
