"""The keeper of backups: taken, encrypted, stored, proved, written down; listed, opened, pruned."""
