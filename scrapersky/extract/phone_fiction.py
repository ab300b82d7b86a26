"""Numbers that nobody has: in films, in templates, in what a form shows as an example."""

import re

import phonenumbers as pn

# Kept for fiction by NANPA (555, though some were given to services), Ofcom, ACMA and ARCEP.
_FICTION = re.compile(
    r"1[0-9]{3}555[0-9]{4}|1555[0-9]{7}"
    r"|44(?:1632960|2079460|7700900|8081570|9098790|3069990|28964960|2920180"
    r"|(?:113|114|115|116|117|118|121|131|141|151|161|191)4960)[0-9]{3}"
    r"|61[2378](?:5550|7010)[0-9]{4}|61491570[0-9]{3}"
    r"|33(?:19900|26191|35301|46571|53649)[0-9]{4}"
)
_EXAMPLE = re.compile(
    r"0*1234567[0-9]*|[0-9]{0,4}123456789?0?|[0-9]{0,4}987654321?0?|[0-9]{0,4}([0-9])\1{6,}"
    r"|[0-9]{0,3}(?:0123456|1112222|1112223333|1231234|1234567)[0-9]{0,3}"
)


def is_example(digits: str) -> bool:
    """Whether somebody only shows how a number looks: `123-456-7890`, `000 000 000`."""
    return len(set(digits)) < 3 or _EXAMPLE.fullmatch(digits) is not None


def is_fiction(parsed: pn.PhoneNumber) -> bool:
    """Whether the number is in a range kept for films and examples."""
    return _FICTION.fullmatch(f"{parsed.country_code}{parsed.national_number}") is not None
