"""Which addresses are on the public internet.

`ipaddress.is_global` is not that question: it is true of multicast, NAT64, 6to4, Teredo and
site-local addresses, and what it says differs between releases of Python.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_4 = [
    # https://www.iana.org/assignments/iana-ipv4-special-registry/
    IPv4Network("0.0.0.0/8"),  # this network (RFC 791)
    IPv4Network("10.0.0.0/8"),  # private use (RFC 1918)
    IPv4Network("100.64.0.0/10"),  # shared address space (RFC 6598)
    IPv4Network("127.0.0.0/8"),  # loopback (RFC 1122)
    IPv4Network("169.254.0.0/16"),  # link local (RFC 3927), cloud metadata
    IPv4Network("172.16.0.0/12"),  # private use (RFC 1918)
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments (RFC 6890)
    IPv4Network("192.0.2.0/24"),  # documentation (RFC 5737)
    IPv4Network("192.88.99.0/24"),  # 6to4 relay anycast, withdrawn (RFC 7526)
    IPv4Network("192.168.0.0/16"),  # private use (RFC 1918)
    IPv4Network("198.18.0.0/15"),  # benchmarking (RFC 2544)
    IPv4Network("198.51.100.0/24"),  # documentation (RFC 5737)
    IPv4Network("203.0.113.0/24"),  # documentation (RFC 5737)
    IPv4Network("224.0.0.0/4"),  # multicast (RFC 5771)
    IPv4Network("240.0.0.0/4"),  # reserved, limited broadcast (RFC 1112, RFC 8190)
]

# https://www.iana.org/assignments/ipv6-address-space/: the only space given out so far. Outside
# it lie loopback, the IPv4-compatible ::/96, fc00::/7, fe80::/10, fec0::/10, ff00::/8.
_GLOBAL_UNICAST = IPv6Network("2000::/3")

_NOT_PUBLIC_6 = [
    # https://www.iana.org/assignments/iana-ipv6-special-registry/
    IPv6Network("2001::/23"),  # IETF protocol assignments, Teredo among them (RFC 2928)
    IPv6Network("2001:db8::/32"),  # documentation (RFC 3849)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
]

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; all that a network without IPv4 sees of IPv4
_6TO4 = IPv6Network("2002::/16")  # RFC 3056


def is_public(address: str) -> bool:
    """Whether an address belongs to a host on the public internet.

    Addresses that carry an IPv4 address (mapped, NAT64, 6to4) are judged by it. What is no
    address, or has a zone (`fe80::1%eth0`, RFC 4007: never a global one), is not public.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_4(parsed)
    carried = _carried(parsed)
    return _is_public_6(parsed) if carried is None else _is_public_4(carried)


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC_6)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.scope_id is not None:
        return None
    if address in _6TO4:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
