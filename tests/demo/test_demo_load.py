import gzip
import re
from collections.abc import Iterator

import pytest
from demo_client import asked, get, over_tls
from parsel import Selector

from scrapersky.demo.load import VARIANTS, _parts, load_web
from scrapersky.demo.server import DemoServerThread

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServerThread]:
    with DemoServerThread(load_web()) as running:
        yield running


@pytest.mark.parametrize("number", [*range(VARIANTS), 123_456_789])
def test_each_number_has_a_page_of_its_own(server: DemoServerThread, number: int) -> None:
    host = f"d{number}.load.test"
    packed = get(server, host, headers=GZIP)
    body = gzip.decompress(packed.body)  # checks CRC and size
    assert body == get(server, host).body
    tree = Selector(body.decode())
    assert tree.xpath("//title/text()").get() == f"Emporium no. {number}"
    assert tree.xpath("//link[@rel='canonical']/@href").getall() == [f"https://{host}/"]
    assert tree.xpath("//a[starts-with(@href, 'mailto:')]/@href").getall() == [
        f"mailto:hello@{host}"
    ]
    assert len(tree.xpath("//article")) > 20


def test_pages_are_of_the_usual_size_and_density(server: DemoServerThread) -> None:
    packed = get(server, "d1.load.test", headers=GZIP)
    plain = get(server, "d1.load.test")
    assert 55_000 < len(plain.body) < 70_000
    assert 2 < len(plain.body) / len(packed.body) < 8


def test_size_is_what_was_asked_for() -> None:
    for size in (5_000, 500_000):
        with DemoServerThread(load_web(size=size)) as server:
            assert 0.9 * size < len(get(server, "d1.load.test").body) < 1.1 * size + 4_000


def test_variants_differ(server: DemoServerThread) -> None:
    def body(number: int) -> bytes:
        return get(server, f"d{number}.load.test").body

    assert len({re.sub(rb"\d", b"", body(number)) for number in range(VARIANTS)}) == VARIANTS


def test_memory_holds_variants_not_hosts(server: DemoServerThread) -> None:
    before = _parts.cache_info().currsize
    for number in range(200):
        get(server, f"d{number}.load.test", headers=GZIP)
    assert _parts.cache_info().currsize <= before + VARIANTS


def test_robots_allows_and_other_paths_are_missing(server: DemoServerThread) -> None:
    assert b"Allow: /\n" in get(server, "d1.load.test", "/robots.txt").body
    assert get(server, "d1.load.test", "/nowhere").status == 404
    assert get(server, "dx.load.test").status == 404
    assert get(server, "www.d1.load.test").status == 200
    assert over_tls(server, "d1.load.test").startswith(b"HTTP/1.1 200 OK")


def test_a_share_of_the_hosts_fails() -> None:
    web = load_web(failing=0.2)
    kinds = [web.failure(number) for number in range(10_000)]
    assert 1_900 < sum(kind is not None for kind in kinds) < 2_100
    assert set(kinds) == {None, "dns", "refused", "404", "reset", "503"}
    assert {domain.split(".", 1)[1] for domain in web.domains(1_000)} == {
        "load.test",
        "load.invalid",
        "refused.load.test",
    }


def test_failing_hosts_fail_as_they_should() -> None:
    web = load_web(failing=1.0, kinds=("404", "503", "reset"))
    with DemoServerThread(web) as server:
        assert web.domain(1) == "d1.load.test"
        assert get(server, "d0.load.test").status == 404
        assert get(server, "d1.load.test").status == 503
        assert get(server, "d1.load.test", "/robots.txt").status == 200
        with asked(server, "d2.load.test") as raw, pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_https_can_be_refused() -> None:
    with DemoServerThread(load_web(https=False)) as server:
        rules = server.connect_to.split(",")
    assert rules.index(f"*.test:443=127.0.0.1:{server.closed_port}") < rules.index(
        f"*.test:443=127.0.0.1:{server.https_port}"
    )
