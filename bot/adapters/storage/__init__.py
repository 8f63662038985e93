"""Where backups are kept: a directory of this machine, or a bucket of an object store."""
