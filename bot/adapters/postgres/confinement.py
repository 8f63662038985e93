"""What keeps a server from its machine: a network namespace of its own, and limits of the kernel.

Standard library only: the warden runs this between fork and exec, in the new process.
"""

import contextlib
import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_NO_NEW_PRIVS = 38
SIOCSIFFLAGS = 0x8914
IFF_UP = 1

LIMITED = {"memory": resource.RLIMIT_AS, "file_size": resource.RLIMIT_FSIZE}


def confine(wanted: Mapping[str, Any], account: Mapping[str, int] | None) -> tuple[str, ...]:
    """Shut this process in, become `account`, and name what holds now.

    Raises OSError if it is half shut in, and cannot go on like that.
    """
    held = ["network"] if wanted["network"] and leave_network(wanted) else []
    with contextlib.suppress(OSError):
        # Before anything else of this machine is ended for want of memory. Not ours to write to
        # once we are somebody else.
        Path("/proc/self/oom_score_adj").write_text("1000")
    if account is not None:
        become(account)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limit(resource.RLIMIT_CORE, 0)
    held += [name for name, kind in LIMITED.items() if wanted[name] and limit(kind, wanted[name])]
    return tuple(held)


def leave_network(wanted: Mapping[str, Any]) -> bool:
    """Into a network with nobody in it. Sockets that are files are still within reach."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        if library.unshare(CLONE_NEWNET) != 0:
            return False
    else:
        user, group = os.geteuid(), os.getegid()
        if library.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    if wanted["loopback"]:
        raise_loopback()
    return True


def raise_loopback() -> None:
    """The network's own 127.0.0.1, by which servers before 15 count what is read and written."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_one:
        fcntl.ioctl(any_one, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def become(account: Mapping[str, int]) -> None:
    os.setgroups([])
    os.setgid(account["gid"])
    os.setuid(account["uid"])


def limit(kind: int, most: int) -> bool:
    """Whether the kernel takes it; a limit that is lower already stays."""
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(kind)
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lowest, lowest))
        return True
    return False


def told(
    pipe: int, wanted: Mapping[str, Any], account: Mapping[str, int] | None
) -> Callable[[], None]:
    """For a new child: confine it, and write into the pipe what holds."""

    def shut_in() -> None:
        os.write(pipe, " ".join(confine(wanted, account)).encode())

    return shut_in
