"""For root, who may not run PostgreSQL, the server is another user's."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_servers import CLIENT, ask, keep_a_row, kept, postmaster, temporary_root_directory
from psycopg import sql

from scrapersky.db import embedded
from scrapersky.db.embedded import programs, state
from scrapersky.db.embedded.owner import Owner
from scrapersky.db.embedded.place import locate
from scrapersky.errors import DatabaseError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="concerns root")


@pytest.fixture(scope="module", autouse=True)
def root_directory() -> Iterator[Path]:
    with temporary_root_directory() as directory:
        yield directory


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    embedded.reset(tmp_path / "home")


def test_root_opens_nothing_to_others(home: Path) -> None:
    home.mkdir()
    outside = [*home.resolve().parents, *Path(sys.prefix).parents, Path(sys.prefix)]
    before = [path.stat().st_mode for path in outside]

    embedded.ensure(home)

    assert [path.stat().st_mode for path in outside] == before
    assert (home / "postgres").is_symlink()
    assert postmaster(home).uids().real != 0


def test_root_copies_programs_that_others_cannot_reach(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = programs.directory(Owner(0, 0)).parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("pginstall"))
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)

    url = embedded.ensure(home)

    assert ask(url, sql.SQL("SELECT 1")) == 1
    assert postmaster(home).cmdline()[0].startswith(str(state.DIRECTORY))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_root_finds_the_data_of_a_home_that_was_moved(home: Path, tmp_path: Path) -> None:
    keep_a_row(embedded.ensure(home))
    moved = home.rename(tmp_path / "moved")

    try:
        assert kept(embedded.ensure(moved)) == "yes"
    finally:
        embedded.reset(moved)


def test_root_does_not_replace_lost_data(home: Path) -> None:
    embedded.ensure(home)
    embedded.stop(home)
    shutil.rmtree(locate(home).data)

    with pytest.raises(DatabaseError, match="is gone"):
        embedded.ensure(home)


def test_root_follows_no_link_out_of_its_own_directory(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "postgres").symlink_to(tmp_path)

    for function in (embedded.ensure, embedded.stop, embedded.reset):
        with pytest.raises(DatabaseError, match="root does not use it"):
            function(home)
    (home / "postgres").unlink()


def test_root_without_other_users_is_one_clear_error(home: Path) -> None:
    unshare = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no user namespaces here")

    done = subprocess.run(
        [*unshare, sys.executable, "-c", CLIENT, str(state.DIRECTORY), str(home)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "Run as a normal user, or set DATABASE_URL" in done.stderr.splitlines()[-1]
