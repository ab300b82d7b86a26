import pytest

from scrapersky.errors import ConfigError
from scrapersky.net.connect_to import ConnectTo

RULES = (
    "example.test:80=127.0.0.1:8080, *.example.test:80=127.0.0.2:8081,"
    "example.test:443=[::1]:8443,M\u00fcnchen.test:=localhost:9000,\n"
    "8.8.8.8:80=127.0.0.3:80,[2001:DB8::1]:80=127.0.0.4:80,:81=127.0.0.5:,*.test:82=127.0.0.6:1,"
)


@pytest.mark.parametrize(
    ("host", "port", "target"),
    [
        ("example.test", 80, ("127.0.0.1", 8080)),
        ("EXAMPLE.test.", 80, ("127.0.0.1", 8080)),
        ("example.test", 443, ("::1", 8443)),
        ("example.test", 8080, None),
        ("www.example.test", 80, ("127.0.0.2", 8081)),
        ("a.b.c.example.test", 80, ("127.0.0.2", 8081)),
        ("badexample.test", 80, None),
        ("www.example.test", 443, None),
        ("xn--mnchen-3ya.test", 1234, ("127.0.0.1", 9000)),
        ("8.8.8.8", 80, ("127.0.0.3", 80)),
        ("2001:db8::1", 80, ("127.0.0.4", 80)),
        ("whatever.com", 81, ("127.0.0.5", 81)),
        ("test", 82, None),
        ("x.test", 82, ("127.0.0.6", 1)),
        ("whatever.com", 80, None),
    ],
)
def test_lookup(host: str, port: int, target: tuple[str, int] | None) -> None:
    assert ConnectTo.parse(RULES).lookup(host, port) == target


def test_the_first_rule_that_matches_wins() -> None:
    general_first = ConnectTo.parse("*:80=127.0.0.1:1,a.test:80=127.0.0.1:2,a.test:=127.0.0.1:3")
    assert general_first.lookup("a.test", 80) == ("127.0.0.1", 1)
    assert general_first.lookup("a.test", 81) == ("127.0.0.1", 3)
    special_first = ConnectTo.parse("b.a.test:80=127.0.0.1:2,*.a.test:=127.0.0.1:3,:=127.0.0.1:4")
    assert special_first.lookup("b.a.test", 80) == ("127.0.0.1", 2)
    assert special_first.lookup("b.a.test", 81) == ("127.0.0.1", 3)
    assert special_first.lookup("c.test", 81) == ("127.0.0.1", 4)


@pytest.mark.parametrize("text", ["", " ", " , "])
def test_no_rules(text: str) -> None:
    rules = ConnectTo.parse(text)
    assert not rules
    assert rules.lookup("example.com", 80) is None


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("example.test", "not HOST:PORT=ADDRESS:PORT"),
        ("example.test=127.0.0.1:80", "not HOST:PORT=ADDRESS:PORT"),
        ("example.test:80=127.0.0.1", "not HOST:PORT=ADDRESS:PORT"),
        ("example.test:80=::1:80", "not HOST:PORT=ADDRESS:PORT"),
        ("example.test:http=127.0.0.1:80", "not HOST:PORT=ADDRESS:PORT"),
        ("example.test:80=:8080", "no address"),
        ("example.test:80=other.test:80", "neither an IP address nor localhost"),
        ("example.test:80=[::zz]:80", "neither an IP address nor localhost"),
        ("[::zz]:80=127.0.0.1:80", "neither an IP address nor localhost"),
        ("example.test:65536=127.0.0.1:80", "65536 is not a port"),
        ("example.test:0=127.0.0.1:80", "0 is not a port"),
        ("a.*.test:80=127.0.0.1:80", "stands alone"),
        ("*.:80=127.0.0.1:80", "stands alone"),
        ("m\u00fc_.test:80=127.0.0.1:80", "not a host name"),
    ],
)
def test_a_bad_rule_is_named(rule: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        ConnectTo.parse(f"good.test:80=127.0.0.1:80,{rule}")
    assert repr(rule) in str(caught.value)
    assert "SCRAPERSKY_CONNECT_TO" in str(caught.value)
