"""What a session is like between two migrations, whatever the last one has set."""

# What a file sets for its session must not reach our rows, nor the next file.
OURSELVES = ("RESET SESSION AUTHORIZATION", "RESET ROLE")
AS_BEFORE = "; ".join([*OURSELVES, "RESET ALL"])

# The rest of what DISCARD ALL does, but for the advisory locks: one keeps everybody else out.
_FORGOTTEN = ("CLOSE ALL", "DEALLOCATE ALL", "UNLISTEN *", "DISCARD TEMP")
RESET = (*OURSELVES, "RESET ALL", *_FORGOTTEN)
