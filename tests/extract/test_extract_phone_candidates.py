import pytest

from scrapersky.extract.phone_candidates import MAX_LINES, Candidate, candidates
from scrapersky.extract.phone_labels import Label
from scrapersky.extract.phone_plan import PlanReader, Regions


def read(text: str) -> list[Candidate]:
    return list(candidates(text, PlanReader(Regions(["DE"], certain=True))))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Tel 0731 5551234", [Label.PHONE]),
        ("Tel\n0731 5551234", [Label.PHONE]),
        ("Tel\n0731 5551234\n0731 5551235", [Label.PHONE, Label.PHONE]),
        ("Tel\n0731 5551234\nAda Baker\n0731 5551235", [Label.PHONE, None]),
        ("Tel\nAda: 0731 5551234", [None]),
        ("The telephone is out of order today, we are sorry\n0731 5551234", [None]),
        ("Tel 0731 5551234, 0731 5551235", [Label.PHONE, Label.PHONE]),
        ("Tel 0731 5551234 Ada 0731 5551235", [Label.PHONE, None]),
        ("Tel: 0731 5551234\tFax: 0731 5551235", [Label.PHONE, Label.FAX]),
        ("0731 5551234 Fax 0731 5551235", [None, Label.FAX]),
        ("0731 5551234 Tel 0731 5551235 Fax", [Label.PHONE, Label.FAX]),
        ("Tel/Fax 0731 5551234 / 0731 5551235", [Label.BOTH, Label.FAX]),
        ("0731 5551234", [None]),
        ("Ada Baker", []),
        ("", []),
    ],
)
def test_labels(text: str, labels: list[Label | None]) -> None:
    assert [found.label.label if found.label else None for found in read(text)] == labels


def test_what_is_told_of_a_candidate() -> None:
    (found,) = read("Ada Baker, Tel. \uff10\uff17\uff13\uff11 555\u200b1234 ext. 7 until noon")
    assert found.raw == "0731 5551234 ext. 7"
    assert found.extension == "7"
    assert found.before == "Ada Baker, Tel. "
    assert not found.prose


def test_lines_are_bounded() -> None:
    line = "Tel 0731 5551234\n"
    assert len(read(line * (MAX_LINES + 5))) == MAX_LINES
