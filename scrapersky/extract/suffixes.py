"""Domains and the public suffixes under which they are registered."""

from functools import lru_cache

from tldextract import TLDExtract
from tldextract.tldextract import ExtractResult

# The list that came with the package: no download, no cache on disk, the same on every node.
_EXTRACT = TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4_096)
def domain_parts(domain: str) -> ExtractResult:
    """Suffix, name and subdomain, by the Public Suffix List's ICANN section."""
    return _EXTRACT(domain)


def registrable(domain: str) -> str:
    """The domain under the public suffix; the whole where there is none."""
    return domain_parts(domain).top_domain_under_public_suffix or domain


def has_public_suffix(domain: str) -> bool:
    """Whether there is a name under a suffix of the bundled list."""
    parts = domain_parts(domain)
    return bool(parts.suffix and parts.domain)
