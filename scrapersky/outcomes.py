"""How the crawl of a domain can end badly: the one list of error codes.

A code is stored in `domains.error_code` and `job_targets.error_code`, so a name once given stays.
Transient ones get a later pass within the same job, never an immediate retry.
"""

from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a domain has no homepage in the database."""

    DNS = "dns"
    DNS_TEMPORARY = "dns_temporary"
    PRIVATE_ADDRESS = "private_address"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    CONNECTION_LOST = "connection_lost"
    BAD_RESPONSE = "bad_response"
    BAD_ENCODING = "bad_encoding"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    PARKED = "parked"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    REDIRECT_LOOP = "redirect_loop"
    BAD_REDIRECT = "bad_redirect"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIME_LIMIT = "time_limit"
    POISON = "poison"
    UNWRITABLE = "unwritable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a code means."""

    meaning: str
    """A sentence for people who do not know the code."""

    transient: bool
    """Whether trying again later may help: such a domain gets a later pass within its job."""

    distance: int
    """How far the attempt came: of several URLs tried for a domain, the furthest is reported."""


def _outcome(distance: int, meaning: str, *, transient: bool = False) -> Outcome:
    return Outcome(meaning=meaning, transient=transient, distance=distance)


OUTCOMES: dict[ErrorCode, Outcome] = {
    ErrorCode.DNS: _outcome(0, "The name does not exist in the DNS."),
    ErrorCode.DNS_TEMPORARY: _outcome(0, "The DNS gave no answer.", transient=True),
    ErrorCode.PRIVATE_ADDRESS: _outcome(
        1, "The name points to an address that is not on the public internet."
    ),
    ErrorCode.UNREACHABLE: _outcome(2, "No route leads to the server.", transient=True),
    ErrorCode.REFUSED: _outcome(3, "The server refused the connection.", transient=True),
    ErrorCode.TIMEOUT: _outcome(2, "The server did not answer in time.", transient=True),
    ErrorCode.TLS: _outcome(4, "No encrypted connection could be agreed on with the server."),
    ErrorCode.CONNECTION_LOST: _outcome(
        4, "The server closed the connection before its answer was complete.", transient=True
    ),
    ErrorCode.BAD_RESPONSE: _outcome(5, "The server's answer is not HTTP."),
    ErrorCode.BAD_ENCODING: _outcome(6, "The page is compressed in a way that cannot be undone."),
    ErrorCode.TOO_LARGE: _outcome(6, "The page is larger than DOWNLOAD_MAXSIZE."),
    ErrorCode.NOT_HTML: _outcome(7, "The homepage is not an HTML page."),
    ErrorCode.EMPTY: _outcome(7, "The homepage has no content."),
    ErrorCode.PARKED: _outcome(8, "The domain is parked or for sale."),
    ErrorCode.ROBOTS: _outcome(8, "The site's robots.txt does not allow the homepage."),
    ErrorCode.ROBOTS_UNREACHABLE: _outcome(
        5, "The site's robots.txt answers with an error, so the site is left alone.", transient=True
    ),
    ErrorCode.REDIRECT_LOOP: _outcome(6, "The redirects never end."),
    ErrorCode.BAD_REDIRECT: _outcome(6, "A redirect leads to something that is not a web page."),
    ErrorCode.BLOCKED: _outcome(7, "The server turns crawlers away."),
    ErrorCode.RATE_LIMITED: _outcome(7, "The server asks for fewer requests.", transient=True),
    ErrorCode.HTTP_4XX: _outcome(7, "The server says that there is no homepage (status 4xx)."),
    ErrorCode.HTTP_5XX: _outcome(6, "The server answers with an error (5xx).", transient=True),
    ErrorCode.TIME_LIMIT: _outcome(
        5, "The domain took longer than DOMAIN_TIME_LIMIT as a whole.", transient=True
    ),
    ErrorCode.POISON: _outcome(
        9, "Workers died or stalled while they crawled it, LEASE_EXPIRIES times."
    ),
    ErrorCode.UNWRITABLE: _outcome(9, "The database refuses what was found on the site."),
    ErrorCode.INTERNAL: _outcome(9, "A fault of ScraperSky's; the log has the details."),
}
