"""ScraperSky's homepage spider, cut down to the part that is measured.

`scheme` fixes the scheme: otherwise http would cost a failed attempt at https, which the baseline
does not make.
"""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from scrapersky.arguments import HomepageArguments
from scrapersky.crawl.failures import SiteError
from scrapersky.crawl.homepage import FOUND, check, homepage_item, http_facts, read_homepage
from scrapersky.crawl.visit import Visit
from scrapersky.items import ContactItem, DomainItem, Ending
from scrapersky.states import ContactKind, DomainStatus
from spiders import homepage


class SchemeArguments(HomepageArguments):
    """Arguments of the benchmark's spiders."""

    scheme: str


class ExtractingSpider(homepage.HomepageSpider):
    """All that `homepage` does with a page, extraction included."""

    name = "extracting"
    arguments_model = SchemeArguments  # type: ignore[assignment]  # what mypy infers of the base is narrow

    def first_url(self, domain: str) -> str:
        """The only URL."""
        assert isinstance(self.arguments, SchemeArguments)  # noqa: S101 - the model above
        return f"{self.arguments.scheme}://{domain}/"

    async def crawl(self, visit: Visit, first: Response | SiteError) -> AsyncIterator[Ending]:
        """One homepage, one item."""
        if isinstance(first, SiteError):
            raise first
        yield self.item(visit, check(first))

    def item(self, visit: Visit, response: Response) -> DomainItem:
        """What is written."""
        return homepage_item(self.facts(visit), response, read_homepage(response))


class RecordingSpider(ExtractingSpider):
    """The same without extraction: the fields are made up, the facts of the answer are real."""

    name = "recording"

    def item(self, visit: Visit, response: Response) -> DomainItem:
        """An item of the usual size."""
        return made_up(self.facts(visit), **http_facts(visit.lease.domain, response))


def made_up(facts: dict[str, Any], **http_facts: Any) -> DomainItem:
    """What a homepage of the generated web gives, with three contacts."""
    domain = facts["domain"]
    # Its own for every domain. Numbers of this form are in nobody's use.
    phone = f"+999{int(hashlib.md5(domain.encode(), usedforsecurity=False).hexdigest()[:10], 16)}"
    url = f"https://{domain}/"
    return DomainItem(
        **facts,
        **http_facts,
        status=DomainStatus.COMPLETED,
        charset="utf-8",
        title=f"Emporium of {domain}",
        description=f"Everything but the ordinary, at the counter of {domain}.",
        language="en",
        canonical_url=url,
        favicon_url=f"{url}favicon.ico",
        generator="WordPress 6.8",
        detected_language="en",
        organization=f"Emporium of {domain}",
        logo_url=f"{url}logo.svg",
        cms="WordPress",
        cms_version="6.8",
        technologies=[
            {"name": "WordPress", "categories": ["CMS"], "version": "6.8"},
            {"name": "nginx", "categories": ["Web server"], "version": None},
        ],
        contact_links=[{"url": f"{url}contact", "kind": "contact"}],
        has_contact_form=False,
        word_count=1_234,
        open_graph={"site_name": f"Emporium of {domain}"},
        provenance={name: {"source": "title", "confidence": 1.0} for name in FOUND},
        contacts=[
            _contact(url, ContactKind.EMAIL, f"hello@{domain}", "mailto"),
            _contact(url, ContactKind.PHONE, phone, "tel"),
            _contact(url, ContactKind.SOCIAL, f"https://www.facebook.com/{domain}", "link"),
        ],
    )


def _contact(url: str, kind: ContactKind, value: str, source: str) -> ContactItem:
    network = "facebook" if kind == ContactKind.SOCIAL else None
    return ContactItem(
        kind=kind,
        value=value,
        raw=value,
        source=source,
        confidence=0.9,
        network=network,
        page_url=url,
        type="role" if kind == ContactKind.EMAIL else None,
        details={"own_domain": True} if kind == ContactKind.EMAIL else None,
    )
