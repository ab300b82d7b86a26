import pytest

from scrapersky.extract.phone_candidates import Candidate, candidates
from scrapersky.extract.phone_plan import PlanReader, Regions
from scrapersky.extract.phone_trust import is_third_party, trust


def read(text: str, *, certain: bool = True) -> Candidate:
    (found,) = candidates(text, PlanReader(Regions(["DE"], certain=certain)))
    return found


def test_the_more_speaks_for_it_the_more_it_is_believed() -> None:
    texts = [
        "Tel 0731 5551234",
        "+49 731 5551234",
        "(0731) 5551234",
        "0731.55.512.34",
        "07315551234",
    ]
    trusts = [trust(read(text)) for text in texts]
    assert trusts == sorted(trusts, reverse=True)
    assert len(set(trusts)) == len(trusts)
    assert trusts[-1] == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("Tel 0731 5551234", "Tel, if Ada is at home: 0731 5551234"),
        ("Verkauf: 0731.55.512.34", "0731.55.512.34"),
        ("0731.55.512.34", "0731.55.512.34" + " und mehr Brot" * 10),
        ("(0731) 5551234", "Seite 0731.55.512.34"),
    ],
)
def test_context(more: str, less: str) -> None:
    assert trust(read(more)) > trust(read(less))


def test_guessed_countries_are_believed_less() -> None:
    known, guessed = read("Tel 0731 5551234"), read("Tel 0731 5551234", certain=False)
    assert trust(known) > trust(guessed) > 0
    assert trust(read("0800 5551234", certain=False)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Website by Webworks +49 731 5551234",
        "Web design: +49 731 5551234",
        "Ombudsmann: +49 731 5551234",
        "Call 112 or +49 731 5551234",
        "Разработка сайта: +49 731 5551234",
    ],
)
def test_third_parties(text: str) -> None:
    assert is_third_party(read(text))


def test_the_owner_is_no_third_party() -> None:
    assert not is_third_party(read("Our web shop: +49 731 5551234"))
