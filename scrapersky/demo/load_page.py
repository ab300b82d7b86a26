"""Homepages by the thousand, as large and as varied as those of the real web."""

from collections.abc import Iterator, Sequence
from itertools import count

THINGS = (
    "kettles",
    "umbrellas",
    "lanterns",
    "hammocks",
    "accordions",
    "teapots",
    "kites",
    "ladders",
    "marmalade",
    "puzzles",
    "barometers",
    "wheelbarrows",
    "typewriters",
    "mittens",
    "compasses",
    "canoes",
    "almanacs",
    "trellises",
    "bagpipes",
    "sundials",
)
QUALITIES = (
    "quiet",
    "handmade",
    "borrowed",
    "waterproof",
    "slightly-haunted",
    "regional",
    "seasonal",
    "left-handed",
    "polite",
    "inflatable",
    "second-hand",
    "midnight",
    "well-travelled",
    "unusual",
    "collapsible",
    "wool-lined",
)
CLAIMS = (
    "Every one is tested by a retired ferry captain before it leaves the yard.",
    "We answer letters on the day they arrive, and e-mails when the kettle has boiled.",
    "Nobody has ever returned one, although two came back on their own.",
    "The workshop opens at dawn and closes when the last lamp is mended.",
    "Delivery is free as far as the old mill, and reasonable beyond it.",
    "Our apprentices learn the trade for three years and the jokes for four.",
    "Für Gäste aus Übersee gibt es Führungen, Kaffee und ein paar Ausflüchte.",
    "Les réparations sont garanties jusqu'à la prochaine pleine lune.",
    "El catálogo cambia con la estación; el buen humor se mantiene.",
    "Ask for the long version of the story; it has a donkey in it.",
)
LANGUAGES = ("en", "de", "fr", "es")
GENERATORS = ("WordPress 6.8", "Joomla! - Open Source Content Management", "TYPO3 CMS", "Wix.com")
NETWORKS = ("facebook.com", "instagram.com", "linkedin.com/company", "youtube.com/@", "x.com")
END = "</body>\n</html>\n"


class Picker:
    """A stream of choices that is the same on every machine and in every version of Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 2_654_435_761 % 2**32

    def number(self, below: int) -> int:
        """The next number. The constants are those of Numerical Recipes' generator."""
        self._state = (self._state * 1_664_525 + 1_013_904_223) % 2**32
        return (self._state >> 8) % below

    def choose(self, choices: Sequence[str]) -> str:
        return choices[self.number(len(choices))]


def page_parts(variant: int, size: int) -> list[str]:
    """A page of about `size` bytes, cut where title, contact and canonical link of a host go."""
    picker = Picker(variant + 1)
    language = LANGUAGES[variant % len(LANGUAGES)]
    generator = GENERATORS[variant % len(GENERATORS)]
    head = f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    looks = _looks(picker, size // 5, generator)
    content = _filled(_cards(picker), size * 3 // 5)
    script = _filled(_script(picker), size - size * 4 // 5)
    return [
        head,
        f"{looks}</head>\n<body>\n{_navigation(picker)}<main>\n{content}</main>\n<footer>\n",
        f"{_profiles(variant)}</footer>\n<script>\nwindow.stock = [\n{script}];\n</script>\n{END}",
    ]


def _filled(pieces: Iterator[str], size: int) -> str:
    taken: list[str] = []
    length = 0
    while length < size:
        taken.append(next(pieces))
        length += len(taken[-1])
    return "".join(taken)


def _looks(picker: Picker, size: int, generator: str) -> str:
    css = _filled(_rules(picker), size)
    return (
        f'<meta name="generator" content="{generator}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="/favicon.ico">\n<style>\n{css}</style>\n'
    )


def _rules(picker: Picker) -> Iterator[str]:
    for number in count():
        colour = f"{picker.number(2**24):06x}"
        width, gap = picker.number(900), picker.number(64)
        yield (
            f".card-{number}{{max-width:{width}px;margin:{gap}px auto;color:#{colour};"
            f"border-radius:{gap // 4}px;display:flex}}\n"
        )


def _navigation(picker: Picker) -> str:
    links = [
        f'<li class="menu-item menu-item-{number}"><a href="/{thing}/">{thing.title()}</a></li>\n'
        for number, thing in enumerate(picker.choose(THINGS) for _ in range(12))
    ]
    return f'<nav><ul>\n{"".join(links)}<li><a href="/contact/">Contact</a></li>\n</ul></nav>\n'


def _cards(picker: Picker) -> Iterator[str]:
    for number in count(1):
        thing, quality = picker.choose(THINGS), picker.choose(QUALITIES)
        claims = " ".join(picker.choose(CLAIMS) for _ in range(1 + picker.number(4)))
        price = f"{3 + picker.number(400)}.{picker.number(100):02}"
        link = f"/{thing}/{quality}-{number}"
        yield (
            f'<article class="card card-{number}" data-id="{picker.number(10**6)}">'
            f'<a href="{link}"><img loading="lazy" src="/media{link}-640.webp" '
            f'srcset="/media{link}-320.webp 320w, /media{link}-1280.webp 1280w" '
            f'alt="{quality} {thing}"></a>\n'
            f'<h3><a href="{link}">{quality.title()} {thing}</a></h3>\n'
            f'<p>{claims}</p>\n<p class="price">&euro;&nbsp;{price}</p></article>\n'
        )


def _script(picker: Picker) -> Iterator[str]:
    for number in count(1):
        yield (
            f'{{"sku": "{picker.number(2**30):08x}", "name": "{picker.choose(THINGS)}", '
            f'"stock": {picker.number(90)}, "rank": {number}}},\n'
        )


def _profiles(variant: int) -> str:
    return "".join(
        f'<a href="https://www.{network}/loadtest-{variant}">{network}</a>\n'
        for network in NETWORKS[: 1 + variant % len(NETWORKS)]
    )
