"""The demo's web: companies of companies.json, addresses that redirect, and sites in trouble."""

from importlib.resources import files

from pydantic import TypeAdapter

from scrapersky.demo.behaviours import Redirect
from scrapersky.demo.company import Company
from scrapersky.demo.company_site import company_site
from scrapersky.demo.directory import Directory
from scrapersky.demo.site import Site, Web
from scrapersky.demo.troubles import NAMELESS, troubled_sites
from scrapersky.outcomes import ErrorCode

DEMO_SETTINGS = {
    "DOWNLOAD_TIMEOUT": "2",  # hanging hosts should not hold up somebody who only looks
    "DOMAIN_TIME_LIMIT": "5",  # longer than it takes to find that both hosts of a site hang
    "RETRY_DELAY": "0.2",
    "RETRY_AFTER_LIMIT": "1",  # one of them asks for two minutes
}
"""The settings of a crawl with which each domain ends as DEMO_OUTCOMES says, and soon."""

REDIRECTS = {
    "paper-boat-post.test": "https://www.paper-boat-post.test{target}",
    "old-tin-robot.test": "https://tinrobot-repairs.test/",
}
"""Domains that only lead to another host, by which location."""

COMPANIES = TypeAdapter(list[Company]).validate_json(
    (files("scrapersky.demo") / "companies.json").read_bytes()
)

DEMO_OUTCOMES: dict[str, ErrorCode | None] = {
    **{c.domain: None for c in COMPANIES if not c.domain.startswith("www.")},
    **dict.fromkeys(REDIRECTS),
    NAMELESS: ErrorCode.DNS,
    **{domain: code for domain, (code, _) in troubled_sites().items()},
}
"""What the crawl of each domain is to end with; None where a homepage can be had."""

DEMO_DOMAINS = list(DEMO_OUTCOMES)


def demo_web(*, latency: float = 0.0) -> Web:
    """The web of the demo, new: what it counts begins at zero."""
    sites = {company.domain: company_site(company) for company in COMPANIES}
    sites |= {domain: Site(default=Redirect(location)) for domain, location in REDIRECTS.items()}
    sites |= {domain: site for domain, (_, site) in troubled_sites().items()}
    sites["localhost"] = Site(paths={"/": Directory(COMPANIES)})
    return Web(sites, latency=latency)
