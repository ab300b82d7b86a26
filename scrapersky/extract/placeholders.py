"""Addresses of examples, templates and forms, which are nobody's."""

import re
from functools import cache

from scrapersky.extract.data_file import data_file
from scrapersky.extract.suffixes import domain_parts

# aaa@aaaa.com
_ONE_LETTER = re.compile(r"(.)\1{2,}")
# RFC 2606 and RFC 6761
_RESERVED = frozenset({"example", "invalid", "local", "localhost", "test", "localdomain"})


@cache
def _words() -> dict[str, frozenset[str]]:
    data = data_file("placeholder_emails.json")
    return {key: frozenset(words) for key, words in data.items() if key != "about"}


def is_placeholder(local: str, domain: str) -> bool:
    """Whether the address, in lower case, is an example and nobody's mailbox."""
    words = _words()
    local = local.removeprefix("www.")
    if local in words["locals"] or domain.rpartition(".")[2] in _RESERVED:
        return True
    name = domain_parts(domain).domain or domain.partition(".")[0]
    if name in words["names"] or name in words["generic"]:
        return True
    if name in words["weak_names"] and local in words["names"]:
        return True
    weak = local in words["weak_locals"] or _ONE_LETTER.fullmatch(local) is not None
    return weak and (name in words["weak_names"] or bool(_ONE_LETTER.fullmatch(name)))
