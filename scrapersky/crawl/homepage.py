"""From the answer of a server to the item of a homepage."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from scrapy.http import HtmlResponse, Response
from scrapy.utils.httpobj import urlparse_cached

from scrapersky.crawl.failures import SiteError
from scrapersky.domains import registrable_domain
from scrapersky.extract.contact import Contact, Email, Phone, Profile
from scrapersky.extract.contact_page import ContactPage, extract_contact_page
from scrapersky.extract.homepage import Homepage, extract_homepage
from scrapersky.extract.page import Page, parse_page
from scrapersky.extract.site import SeenContact, merge_contacts
from scrapersky.extract.technology import Technology
from scrapersky.items import ContactItem, DomainItem
from scrapersky.outcomes import ErrorCode
from scrapersky.states import DomainStatus

FOUND = (
    "title",
    "description",
    "language",
    "detected_language",
    "organization",
    "canonical_url",
    "favicon_url",
    "logo_url",
    "generator",
)


def check(response: Response) -> Response:
    """The response, when it is a page.

    Raises:
        SiteError: it is an error, a redirect to nowhere, or no HTML.
    """
    code = _status_error(response)
    if code is None and not response.body.strip():
        code = ErrorCode.EMPTY
    if code is None and not isinstance(response, HtmlResponse):
        code = ErrorCode.NOT_HTML
    if code is None:
        return response
    raise SiteError(code, _message(response, code), **_where(response))


def read_homepage(response: Response) -> Homepage:
    """What is on it.

    Raises:
        SiteError: there is nothing on it, or it is a parking page.
    """
    home = extract_homepage(_page(response))
    if home.parked is not None:
        raise SiteError(
            ErrorCode.PARKED, f"Parked or for sale ({home.parked.value}).", **_where(response)
        )
    if home.is_empty:
        raise SiteError(ErrorCode.EMPTY, **_where(response))
    return home


def read_contact_page(response: Response) -> ContactPage:
    """What is on another page of the site."""
    return extract_contact_page(_page(response))


def homepage_item(
    facts: dict[str, Any],
    response: Response,
    home: Homepage,
    others: Sequence[ContactPage] = (),
) -> DomainItem:
    """The terminal item of a domain whose homepage came.

    Args:
        facts: what every ending of the visit says.
        response: the homepage's.
        home: what is on it.
        others: what is on other pages of the site, in the order in which they were read.
    """
    pages = [(response.url, home.contacts), *((page.url, page.contacts) for page in others)]
    return DomainItem(
        **facts,
        **http_facts(facts["domain"], response),
        **_fields(home),
        status=DomainStatus.COMPLETED,
        charset=home.charset,
        open_graph=home.open_graph or None,
        twitter_card=home.twitter_card or None,
        word_count=home.word_count,
        cms=home.cms.name if home.cms else None,
        cms_version=home.cms.version if home.cms else None,
        technologies=[_technology(technology) for technology in home.technologies] or None,
        contact_links=[{"url": link.url, "kind": link.kind} for link in home.contact_links] or None,
        **_of_the_site([home, *others]),
        json_ld=home.json_ld or None,
        contacts=[_contact(seen) for seen in merge_contacts(pages)],
    )


def _page(response: Response) -> Page:
    return parse_page(
        response.body,
        url=response.url,
        content_type=_header(response, "Content-Type") or None,
        headers=_headers(response),
    )


def _headers(response: Response) -> Iterator[tuple[str, str]]:
    for name, values in response.headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def _status_error(response: Response) -> ErrorCode | None:
    status = response.status
    if status == 429:
        return ErrorCode.RATE_LIMITED
    if status in {401, 403, 407, 451}:
        return ErrorCode.BLOCKED
    if 300 <= status < 400:
        return ErrorCode.BAD_REDIRECT
    if 400 <= status < 500:
        return ErrorCode.HTTP_4XX
    if status >= 500:
        return ErrorCode.HTTP_5XX
    return None


def _message(response: Response, code: ErrorCode) -> str | None:
    if code == ErrorCode.NOT_HTML:
        kind = _header(response, "Content-Type") or "unknown"
        return f"The homepage is of the type {kind[:100]}, not HTML."
    if code == ErrorCode.BAD_REDIRECT:
        target = _header(response, "Location")
        return f"Redirected to {target[:200]!r}, which is no web page."
    return f"The server answered with status {response.status}." if response.status != 200 else None


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _where(response: Response) -> dict[str, Any]:
    return {"http_status": response.status, "final_url": response.url}


def http_facts(domain: str, response: Response) -> dict[str, Any]:
    """What is known of a page before it is read."""
    host = urlparse_cached(response).hostname or ""
    owner, asked = registrable_domain(host), registrable_domain(domain)
    latency = (response.request.meta if response.request else {}).get("download_latency")
    return {
        **_where(response),
        "redirected_to": owner if owner != asked else None,
        "ip": str(response.ip_address) if response.ip_address else None,
        "response_ms": None if latency is None else round(latency * 1000),
        "body_bytes": len(response.body),
        "content_hash": hashlib.sha256(response.body).hexdigest(),
    }


def _fields(home: Homepage) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    provenance: dict[str, dict[str, Any]] = {}
    for name in FOUND:
        found = getattr(home, name)
        if found is not None:
            fields[name] = found.value
            provenance[name] = {"source": found.source, "confidence": found.confidence}
    return fields | {"provenance": provenance}


def _technology(technology: Technology) -> dict[str, Any]:
    known = asdict(technology)
    return {name: known[name] for name in ("name", "categories", "version", "theme") if known[name]}


def _of_the_site(pages: Sequence[Homepage | ContactPage]) -> dict[str, Any]:
    """What any of the site's pages may say; where several do, the first."""
    addresses = next((page.addresses for page in pages if page.addresses), [])
    hours = next((page.opening_hours for page in pages if page.opening_hours), [])
    return {
        "addresses": [asdict(address) for address in addresses] or None,
        "opening_hours": [asdict(span) for span in hours] or None,
        "has_contact_form": any(page.has_contact_form for page in pages),
    }


def _contact(seen: SeenContact) -> ContactItem:
    contact = seen.contact
    return ContactItem(
        kind=contact.kind,
        value=contact.value,
        raw=contact.raw,
        source=contact.source,
        confidence=contact.confidence,
        page_url=seen.page_url,
        also_on=list(seen.also_on) or None,
        **_particulars(contact),
    )


def _particulars(contact: Contact) -> dict[str, Any]:
    """What one kind of contact has and the others have not."""
    if isinstance(contact, Email):
        return {"type": contact.type, "details": {"own_domain": contact.own_domain}}
    if isinstance(contact, Phone):
        details = {"national": contact.national}
        if contact.extension:
            details["extension"] = contact.extension
        return {"type": contact.type, "region": contact.region, "details": details}
    if isinstance(contact, Profile):
        handle = contact.handle
        return {"network": contact.network, "details": {"handle": handle} if handle else None}
    return {}
