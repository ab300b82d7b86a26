"""What is pushed by hand: what is taken for a message, and what becomes of it."""

import json
import signal

import pytest
from redis import Redis
from support import Crawl, company, end, wait_until

from scrapersky.frontier.feed import read_message

KEY = "homepage:start_urls"


@pytest.mark.parametrize(
    ("message", "domain"),
    [
        (b'{"domain": "example.com"}', "example.com"),
        (b' {"domain": "HTTPS://www.Example.com/x"} ', "example.com"),
        (b'{"url": "https://shop.example.com/a?b"}', "shop.example.com"),
        ('{"domain": "bücher.example"}'.encode(), "xn--bcher-kva.example"),
    ],
)
def test_messages(message: bytes, domain: str) -> None:
    assert read_message(message) == domain


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"example.com",
        b"null",
        b"[]",
        b'["example.com"]',
        b'"example.com"',
        b"{}",
        b'{"domain": null}',
        b'{"domain": 5}',
        b'{"domain": ["example.com"]}',
        b'{"domain": "example.com", "url": "example.com"}',
        b'{"domain": "example.com", "callback": "os.system"}',
        b'{"domain": "127.0.0.1"}',
        b'{"domain": "localhost"}',
        b'{"domain": "\\u0000.com"}',
        b'{"domain": "a b.com"}',
        b'{"domain": "\xff.com"}',
        b"cposix\nsystem\n(S'exit'\ntR.",
        b"\x80\x04\x95.",
        b'{"domain": "' + b"a" * 100_000 + b'.com"}',
        b"[" * 4_000,
        b'{"domain":' * 400,
    ],
)
def test_what_is_no_message(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_message(message)


def test_pushed_domains_join_the_standing_job(shared: Crawl, redis_url: str) -> None:
    names = [f"f{number}.test" for number in range(12)]
    for name in names:
        shared.web.web.add(name, company(name))
    bad = [b"cposix\nsystem\n(S'touch /tmp/owned'\ntR.", b"{}", b'{"domain": "nope"}']
    with Redis.from_url(redis_url) as client:
        process = shared.start("standing=true")
        shared.wait("SELECT 1 FROM jobs WHERE state = 'running' AND source = 'standing'")
        client.lpush(KEY, *(json.dumps({"domain": name}) for name in names[:6]), *bad)
        shared.wait("SELECT 1 FROM jobs WHERE targets_completed = 6")
        # What a worker had taken when it died, before it was recorded.
        client.rpush(f"{KEY}:moving", json.dumps({"url": f"https://{names[6]}/"}))
        client.lpush(KEY, *(json.dumps({"domain": name}) for name in [*names[7:], names[0]]))
        shared.wait("SELECT 1 FROM jobs WHERE targets_completed = 12")
        assert shared.job()["duplicates"] == 1
        wait_until(lambda: client.llen(f"{KEY}:moving") == 0)
        assert client.llen(KEY) == 0
        letters = [json.loads(letter) for letter in client.lrange("scrapersky:dead", 0, -1)]
        assert sorted(letter["message"].encode() for letter in letters) == sorted(bad)
        log = end(process, signal.SIGINT)
        assert process.returncode == 0, log
        assert shared.job()["state"] == "paused"
        second = shared.start("standing=true")
        shared.wait("SELECT 1 FROM job_workers WHERE closed_at IS NULL")
        client.lpush(KEY, json.dumps({"domain": "new.test"}))
        shared.wait("SELECT 1 FROM jobs WHERE targets_completed + targets_error = 13")
        end(second, signal.SIGINT)
    assert len(shared.rows("SELECT 1 FROM jobs")) == 1
    assert sorted(shared.fetched("/"))[:12] == sorted(names)


def test_standing_needs_redis(crawl: Crawl) -> None:
    assert "standing needs Redis" in crawl.run("standing=true", status=2)
    assert "rate needs Redis" in crawl.run("domains=a.test", "rate=5", status=2)
