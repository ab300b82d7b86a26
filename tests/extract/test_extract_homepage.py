import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scrapersky.extract.homepage import extract_homepage
from scrapersky.extract.page import parse_page

FIXTURE = Path(__file__).parent / "fixtures" / "bakery.html"


def read() -> dict[str, Any]:
    page = parse_page(FIXTURE.read_bytes(), url="https://eckbaeckerei.test/", content_type=None)
    return asdict(extract_homepage(page))


def test_a_homepage() -> None:
    found = read()
    contacts = [(c["kind"], c["value"], c["source"]) for c in found.pop("contacts")]
    assert contacts == [
        ("email", "info@eckbaeckerei-ulm.de", "mailto"),
        ("phone", "+497315550123", "tel"),
        ("social", "https://www.instagram.com/eckbaeckerei.ulm", "sameAs"),
        ("social", "https://www.facebook.com/eckbaeckerei.ulm", "link"),
    ]
    values = {
        name: field["value"] if isinstance(field, dict) and "value" in field else field
        for name, field in found.items()
    }
    assert values.pop("json_ld")[0]["name"] == "Eckbäckerei"
    assert [span["day"] for span in values.pop("opening_hours")] == ["mo", "tu", "we", "th", "fr"]
    assert [link["url"] for link in values.pop("contact_links")] == [
        "https://eckbaeckerei.test/kontakt",
        "https://eckbaeckerei.test/impressum",
    ]
    (address,) = values.pop("addresses")
    assert (address["street"], address["postal_code"]) == ("Bäckergasse 1", "89073")
    assert (address["city"], address["country"], address["source"]) == ("Ulm", "DE", "json-ld")
    names = [technology["name"] for technology in values.pop("technologies")]
    assert names == ["MySQL", "PHP", "WordPress"]
    cms = values.pop("cms")
    assert (cms["name"], cms["version"], cms["theme"]) == ("WordPress", "6.8.1", "ofen")
    assert values == {
        "title": "Eckbäckerei Ulm \u2013 Brot & Kuchen",
        "description": "Frisches Brot aus der Altstadt.",
        "language": "de-DE",
        "detected_language": "de",
        "organization": "Eckbäckerei",
        "canonical_url": "https://eckbaeckerei.test/start",
        "favicon_url": "https://eckbaeckerei.test/icon-32.png",
        "logo_url": "https://eckbaeckerei.test/img/logo.svg",
        "generator": "WordPress 6.8.1",
        "charset": "utf-8",
        "open_graph": {"og:site_name": "Eckbäckerei"},
        "twitter_card": {"twitter:card": "summary"},
        "has_contact_form": False,
        "word_count": 21,
        "is_empty": False,
        "parked": None,
    }
    assert found["title"] == {
        "value": "Eckbäckerei Ulm \u2013 Brot & Kuchen",
        "source": "title",
        "confidence": 1.0,
    }


def test_the_order_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import sys; from dataclasses import asdict; from pathlib import Path; import orjson; "
        "from scrapersky.extract.homepage import extract_homepage; "
        "from scrapersky.extract.page import parse_page; "
        "page = parse_page(Path(sys.argv[1]).read_bytes(), "
        "url='https://eckbaeckerei.test/', content_type=None); "
        "sys.stdout.write(orjson.dumps(asdict(extract_homepage(page))).decode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(FIXTURE)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop()) == json.loads(json.dumps(read()))
