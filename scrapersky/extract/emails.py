"""E-mail addresses."""

import re
from functools import cached_property
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.contact import MAX_RAW, Email
from scrapersky.extract.email_address import email_address
from scrapersky.extract.email_find import Find
from scrapersky.extract.email_readers import finds
from scrapersky.extract.email_text import plain_text, spots
from scrapersky.extract.mailboxes import is_free, is_role, mailbox_type
from scrapersky.extract.page import Page
from scrapersky.extract.suffixes import registrable
from scrapersky.extract.text import clean_text
from scrapersky.extract.third_parties import is_credited, is_example, is_third_partys
from scrapersky.extract.urls import host_of

__all__ = ["email_address", "emails"]

_MAX_FINDS = 1_000
_MAX_LOOKS = 20
_MAX_CONTEXT = 120
# What is taken off where the domain is not the site's: nothing says whose it is.
_FREE_PROVIDER, _OTHER_DOMAIN = 0.02, 0.08
_PLACEHOLDERS = re.compile(r"placeholder\s?=\s?[\"']([^\"'<>]{0,200})")
_BREAK = re.compile(r"[\n\t|•·]")
_LINKED = frozenset({"mailto", "cfemail", "json-ld", "microdata"})
_CANONICAL = etree.XPath("//link[@rel='canonical']/@href", smart_strings=False)


def emails(page: Page) -> list[Email]:
    """The addresses of the page, each once: sure ones first, and the site's own before others."""
    return _Addresses(page).best()


class _Addresses:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.site = _site(page)
        self.examples = _examples(page)
        self.refused: set[str] = set()
        self.looks = 0

    def best(self) -> list[Email]:
        best: dict[str, Email] = {}
        for find in islice(finds(self.page), _MAX_FINDS):
            if find.value in self.refused or not self._counts(find, best):
                continue
            email = self._email(find)
            if find.value not in best or email.confidence > best[find.value].confidence:
                best[find.value] = email
        linked = [email.value for email in best.values() if email.source in _LINKED]
        kept = (
            email
            for email in best.values()
            if email.value not in self.refused
            and not (email.source == "text" and any(_is_glued(email.value, v) for v in linked))
        )
        return sorted(kept, key=_rank)

    @cached_property
    def links(self) -> dict[str, list[HtmlElement]]:
        """The elements by their `href`."""
        links: dict[str, list[HtmlElement]] = {}
        for element in self.page.tree.iter("a"):
            links.setdefault(element.get("href") or "", []).append(element)
        return links

    def _counts(self, find: Find, best: dict[str, Email]) -> bool:
        domain = find.value.rpartition("@")[2]
        if registrable(domain) == self.site:
            hidden = find.only_if_alone and find.value not in best
            return not hidden or (not best and is_role(find.value.partition("@")[0]))
        if find.only_if_alone or (find.only_if_own and self.site) or find.value in self.examples:
            return False
        if is_third_partys(find.value):
            return False
        if self._is_said_to_be_foreign(find):
            self.refused.add(find.value)
            return False
        return find.source == "mailto" or not self._is_in_prose(find, domain)

    def _email(self, find: Find) -> Email:
        domain = find.value.rpartition("@")[2]
        own = registrable(domain) == self.site
        penalty = _OTHER_DOMAIN
        if is_free(domain) and find.source == "mailto":
            penalty = _FREE_PROVIDER
        return Email(
            value=find.value,
            raw=clean_text(find.raw[: 2 * MAX_RAW], MAX_RAW),
            source=find.source,
            confidence=round(find.confidence - (0 if own else penalty), 2),
            type=mailbox_type(find.value),
            own_domain=own,
        )

    def _is_in_prose(self, find: Find, domain: str) -> bool:
        """Whether it is somebody whom an article is about: another's, deep in a paragraph."""
        if not self.site or len(find.before) < _MAX_CONTEXT or _BREAK.search(find.before):
            return False
        return not is_free(domain) and not is_role(find.value.partition("@")[0])

    def _is_said_to_be_foreign(self, find: Find) -> bool:
        free = is_free(find.value.rpartition("@")[2])
        if find.source == "mailto":
            return self._is_foreign_link(find, free=free)
        return _says_foreign(find.before, free=free)

    def _is_foreign_link(self, find: Find, *, free: bool) -> bool:
        """Whether the words before the link say so, or the link shows an address of the site."""
        self.looks += 1
        if self.looks > _MAX_LOOKS:
            return False
        for link in self.links.get(find.raw, [])[:2]:
            shown = " ".join("".join(link.itertext()).split())[:_MAX_CONTEXT]
            if any(
                registrable(spot.value.rpartition("@")[2]) == self.site
                for spot in spots(plain_text(shown))
            ):
                return True
            before = _text_before(link)
            shown = shown.partition("@")[0]
            if _says_foreign(before, free=free) or _says_foreign(f"{before} {shown}", free=free):
                return True
        return False


def _says_foreign(before: str, *, free: bool) -> bool:
    # Those who make sites for others have a domain; a designer or builder may have none.
    return is_example(before) or (not free and is_credited(before))


def _site(page: Page) -> str:
    """The registrable domain of the page; of its canonical address where only a file is known."""
    host = page.host or next(map(host_of, cast("list[str]", _CANONICAL(page.tree))), "")
    return registrable(host)


def _examples(page: Page) -> set[str]:
    """What the fields of forms show as an example."""
    texts = [match[1] for match in islice(_PLACEHOLDERS.finditer(page.source), 100)]
    return {spot.value for text in texts for spot in spots(plain_text(text))}


def _is_glued(value: str, linked: str) -> bool:
    """Whether it is a linked address with a word before it: `emailingorders@`, `0123456info@`."""
    local, _, domain = value.partition("@")
    name, _, linked_domain = linked.partition("@")
    before = local.removesuffix(name)
    return (
        domain == linked_domain
        and len(local) - len(before) == len(name) > 1
        and before[-1:].isalnum()
        and len(before) > 1
        and not is_role(local)
    )


def _rank(email: Email) -> tuple[float, bool, bool]:
    return -email.confidence, not email.own_domain, not is_role(email.value.partition("@")[0])


def _text_before(element: HtmlElement) -> str:
    """Up to 120 characters of text before an element, from the near to the far."""
    text = ""
    node: HtmlElement | None = element
    for _ in range(4):
        if node is None or node.tag == "body":
            break
        for sibling in node.itersiblings(preceding=True):
            own = "".join(sibling.itertext()) if isinstance(sibling.tag, str) else ""
            text = f"{own[-_MAX_CONTEXT:]}{sibling.tail or ''} {text}"
            if len(text) > _MAX_CONTEXT:
                break
        node = node.getparent()
        text = f"{node.text or ''} {text}" if node is not None else text
        if len(text) > _MAX_CONTEXT:
            break
    return " ".join(text.split())[-_MAX_CONTEXT:]
