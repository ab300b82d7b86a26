import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import Clock

from scrapersky.net import resolver as module
from scrapersky.net.connect_to import ConnectTo
from scrapersky.net.resolver import GuardedResolver
from scrapersky.outcomes import ErrorCode

ROOT = Path(__file__).parent.parent.parent


def run(scenario: str, *arguments: str) -> Any:
    script = str(Path(__file__).with_name("resolving.py"))
    done = subprocess.run(
        [sys.executable, "-W", "error", script, scenario, *arguments],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return json.loads(done.stdout)


def test_hosts() -> None:
    private, missing = [[], "private_address"], [[], "dns"]
    expected = {
        "shop.test|80": [[["127.0.0.1", 8080]], None],
        "six.test|443": [[["::1", 8443]], None],
        "127.0.0.1|9": [[["127.0.0.1", 10]], None],
        "127.0.0.1|80": private,
        "::1|80": private,
        "fe80::1%lo|80": private,
        "::ffff:127.0.0.1|80": private,
        "169.254.169.254|80": private,
        "224.0.0.1|80": private,
        "2130706433|80": private,
        "0x7f.1|80": private,
        "0x7F000001|80": private,
        "017700000001|80": private,
        "127.1|80": private,
        "127.0.0.1.|80": private,
        "localhost|80": private,
        "LocalHost.|80": private,
        "shop.localhost|80": private,
        "no.such.invalid|80": missing,
        "site.onion|80": missing,
        "1.2.3.4.5|80": missing,
        "999.1|80": missing,
        "|80": missing,
        "a..com|80": missing,
        f"{'a' * 64}.com|80": missing,
        "\u00fc" * 64 + ".com|80": missing,
        "8.8.8.8|80": [[["8.8.8.8", 80]], None],
        "134744072|81": [[["8.8.8.8", 81]], None],
        "2606:4700:4700::1111|443": [[["2606:4700:4700::1111", 443]], None],
    }
    assert run("hosts", *expected) == expected


def test_only_the_families_asked_for_are_given() -> None:
    assert run("families") == [[["8.8.8.8", 80]], [], [["2606:4700::1", 80]], []]


def test_concurrent_look_ups_share_a_question() -> None:
    assert run("shared") == [1, 1, [[], [], []], 0]


def test_answers_are_kept() -> None:
    assert run("cached") == [True, []]


def test_after_the_time_limit_the_answer_is_temporary_and_the_thread_goes_on() -> None:
    assert run("given_up") == [[[], "dns_temporary"], 1, [[], "private_address"], 0]


def test_what_nobody_waits_for_is_not_looked_up() -> None:
    assert run("nobody_waits") == [[], False]


def test_twisted_sees_a_lookup_error() -> None:
    assert run("endpoint") == "DNSLookupError"


def test_addresses_that_are_not_public_are_dropped() -> None:
    found = ["10.0.0.1", "8.8.8.8", "::1", "8.8.8.8", "1.1.1.1"]
    assert module._judged(found).addresses == ("8.8.8.8", "1.1.1.1")
    assert module._judged(["10.0.0.1", "::1"]).error is ErrorCode.PRIVATE_ADDRESS
    many = [f"8.8.8.{number}" for number in range(100)]
    assert len(module._judged(many).addresses) == module.MOST_ADDRESSES


def test_the_systems_resolver_is_asked() -> None:
    assert module._look_up("localhost").error is ErrorCode.PRIVATE_ADDRESS
    failed = module._look_up("nothing.invalid")
    # Which of the two depends on whether there is a DNS to ask.
    assert failed.error in {ErrorCode.DNS, ErrorCode.DNS_TEMPORARY}
    assert socket.EAI_NONAME in module._MISSING
    assert socket.EAI_AGAIN not in module._MISSING


def test_international_names_are_asked_for_as_idna_2008() -> None:
    assert module._ascii("stra\u00dfe.de") == "xn--strae-oqa.de"
    assert module._ascii("\U0001f4a9.la") == "xn--ls8h.la"
    assert module._ascii("XN--LS8H.la.") == "xn--ls8h.la"


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (module._Answer(("8.8.8.8",)), 300),
        (module._PRIVATE, 300),
        (module._NO_SUCH_NAME, 60),
        (module._NO_ANSWER, 0),
    ],
)
def test_how_long_answers_are_kept(answer: Any, seconds: int) -> None:
    clock = Clock()
    resolver = GuardedResolver(clock, ConnectTo())
    resolver._remember("example.com", answer)
    clock.advance(max(seconds - 1, 0))
    assert resolver._remembered("example.com") == (answer if seconds else None)
    clock.advance(1)
    assert resolver._remembered("example.com") is None


def test_what_is_kept_is_bounded() -> None:
    resolver = GuardedResolver(Clock(), ConnectTo(), cache_size=3)
    for number in range(10):
        resolver._remember(f"{number}.com", module._NO_SUCH_NAME)
    assert list(resolver._known) == ["7.com", "8.com", "9.com"]
    for number in range(10_001):
        resolver._resolve(f"{number}.invalid", lambda _: None)
    assert resolver.failure("0.invalid") is None
    assert resolver.failure("1.invalid") is ErrorCode.DNS
