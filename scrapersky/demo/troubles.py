"""Sites of which no homepage can be had: one for each way that can be shown on loopback."""

from scrapersky.demo.behaviours import (
    Answer,
    BadGzip,
    Close,
    Garbage,
    GzipBomb,
    Hang,
    Huge,
    PerScheme,
    Redirect,
    Reset,
    Slow,
    Truncate,
)
from scrapersky.demo.response import NOT_FOUND, Response, page, text
from scrapersky.demo.site import Port, Site
from scrapersky.outcomes import ErrorCode

NAMELESS = "name-lost-at-sea.invalid"
"""No site: RFC 6761 keeps `.invalid` for names that do not exist."""

BEND = 1.5
"""Seconds: shorter than the demo's DOWNLOAD_TIMEOUT, and ten longer than its DOMAIN_TIME_LIMIT."""

PARKED = page(
    "<!doctype html><html><head><title>castle-for-sale.test - this domain is for sale</title>"
    '<meta name="robots" content="noindex"></head><body><h1>castle-for-sale.test</h1>'
    "<p>This domain is for sale! Buy this domain, or make an offer to its owner.</p>"
    "<p>This domain is parked. The owner of this domain has not yet uploaded a website.</p>"
    "<h2>Related searches</h2><ul><li><a href='/?q=moats'>Cheap moats</a></li>"
    "<li><a href='/?q=dragons'>Dragon insurance</a></li></ul></body></html>"
)
CHALLENGE = page(
    "<!doctype html><html><head><title>Just a moment...</title></head><body>"
    "<h1>Checking that you are not a robot</h1><p>Enable JavaScript and cookies to continue. "
    "Please count the traffic lights, then hop on one leg.</p>"
    "<form id='challenge-form' action='/?__cf_chl_f_tk=demo' method='post'></form>"
    "<script>window._cf_chl_opt = {cType: 'managed'};</script></body></html>",
    status=403,
    headers={"Server": "doorman", "cf-mitigated": "challenge"},
)
SOUP = page(
    "<h1>429</h1><p>One soup a day. Come back tomorrow.",
    status=429,
    headers={"Retry-After": "120"},
)
TOAST = page("<h1>Internal Server Error</h1><p>The toaster is on fire.", status=500)
MAGICIAN = page("<h1>404</h1><p>He was here a moment ago.", status=404)
SANDWICH = page("<!doctype html><title>Half a Sandwich</title><h1>Ham, cheese, and</h1>")
HOME = page("<!doctype html><title>Members only</title><h1>Humans only</h1><p>No robots.")
PDF = Response(
    200,
    {"Content-Type": "application/pdf"},
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\x00\n1 0 obj<</Type/Catalog>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n",
)
JSON = text('{"name": "Jason", "occupation": "JSON"}', media_type="application/json")


def troubled_sites() -> dict[str, tuple[ErrorCode, Site]]:
    """Sites by domain, with what the crawl of each ends with."""
    closed = Port.REFUSED
    code = ErrorCode
    return {
        "closed-on-mondays.test": (code.REFUSED, Site(http=closed, https=closed)),
        "endless-tea-break.test": (code.TIMEOUT, _hanging()),
        "inside-job.test": (code.PRIVATE_ADDRESS, _home(Redirect("http://127.0.0.1/vault"))),
        "scenic-route.test": (code.TIME_LIMIT, _winding()),
        "rusty-padlock.test": (code.TLS, Site(http=closed, https=Port.BROKEN)),
        "scissors-hotline.test": (code.CONNECTION_LOST, Site(default=Reset())),
        "shy-mime.test": (code.CONNECTION_LOST, Site(default=Close())),
        "half-a-sandwich.test": (code.CONNECTION_LOST, _home(Truncate(SANDWICH))),
        "gargle-and-sons.test": (code.BAD_RESPONSE, Site(default=Garbage())),
        "crumpled-zip.test": (code.BAD_ENCODING, _home(BadGzip())),
        "endless-scrolls.test": (code.TOO_LARGE, _home(Huge(12))),
        "bottomless-scrolls.test": (code.TOO_LARGE, _home(Huge(12, declared=False))),
        "pocket-elephant.test": (code.TOO_LARGE, _home(GzipBomb())),
        "pdf-museum.test": (code.NOT_HTML, _home(PDF)),
        "json-jason.test": (code.NOT_HTML, _home(JSON)),
        "blank-canvas.test": (code.EMPTY, _home(page(""))),
        "castle-for-sale.test": (code.PARKED, _home(PARKED)),
        "no-robots-club.test": (
            code.ROBOTS,
            Site(paths={"/": HOME}, robots="User-agent: *\nDisallow: /\n"),
        ),
        "grumpy-gatekeeper.test": (
            code.ROBOTS_UNREACHABLE,
            Site(paths={"/": HOME, "/robots.txt": text("Not now.", status=503)}),
        ),
        "carousel-rides.test": (
            code.REDIRECT_LOOP,
            Site(paths={"/": Redirect("/horse"), "/horse": Redirect("/")}),
        ),
        "ftp-nostalgia.test": (
            code.BAD_REDIRECT,
            _home(Redirect("ftp://ftp-nostalgia.test/pub/")),
        ),
        "pigeon-post.test": (code.BAD_REDIRECT, _home(Redirect("mailto:coo@pigeon-post.test"))),
        "bouncer-brigade.test": (code.BLOCKED, _home(CHALLENGE)),
        "one-soup-a-day.test": (code.RATE_LIMITED, _home(SOUP)),
        "vanished-magician.test": (code.HTTP_4XX, _home(MAGICIAN)),
        "burnt-toast.test": (code.HTTP_5XX, _home(TOAST)),
    }


def _hanging() -> Site:
    """Over TLS nobody answers, and plain HTTP leads there: the wait is for two hosts, not four."""
    away = PerScheme(http=Redirect("https://{host}{target}"), https=Hang())
    return Site(paths={"/": away, "/robots.txt": PerScheme(http=NOT_FOUND, https=Hang())})


def _winding() -> Site:
    """Redirects of which each comes in time, and all together do not."""
    bends = {f"/bend/{n}": Slow(BEND, Redirect(f"/bend/{n + 1}")) for n in range(9)}
    return Site(paths={"/": Slow(BEND, Redirect("/bend/0")), **bends})


def _home(answer: Answer) -> Site:
    return Site(paths={"/": answer})
