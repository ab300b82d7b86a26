"""Whose mailbox an address is, by its name."""

import re
from functools import cache

from scrapersky.extract.contact import EmailType
from scrapersky.extract.data_file import data_file
from scrapersky.extract.urls import within

_SEPARATORS = re.compile(r"[._+-]+")
_DIGITS = re.compile(r"[0-9]+$")


@cache
def _lists() -> dict[str, frozenset[str]]:
    data = data_file("mailboxes.json")
    return {key: frozenset(words) for key, words in data.items() if key != "about"}


def mailbox_type(address: str) -> EmailType:
    """Free provider, else a role, else a person."""
    local, _, domain = address.rpartition("@")
    if is_free(domain):
        return EmailType.FREE
    return EmailType.ROLE if is_role(local) else EmailType.PERSONAL


def is_free(domain: str) -> bool:
    """Whether anybody can have a mailbox there."""
    name, _, suffix = domain.partition(".")
    lists = _lists()
    if domain in lists["free_domains"]:
        return True
    # yahoo.co.uk, hotmail.fr; but not gmail.bakery.com
    short = len(suffix) <= 3 or (within(suffix, suffix.rpartition(".")[2]) and len(suffix) <= 6)
    return short and name in lists["free_names"]


def is_role(local: str) -> bool:
    """Whether one of its words is a role's name: info, sales-uk, kontakt2."""
    roles = _lists()["roles"]
    return local in roles or any(
        _DIGITS.sub("", word) in roles for word in _SEPARATORS.split(local)
    )
