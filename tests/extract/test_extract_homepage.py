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
    assert found == {
        "title": {
            "value": "Eckbäckerei Ulm \u2013 Brot & Kuchen",
            "source": "title",
            "confidence": 1.0,
        },
        "description": {
            "value": "Frisches Brot aus der Altstadt.",
            "source": "meta description",
            "confidence": 1.0,
        },
        "language": {"value": "de-DE", "source": "html lang", "confidence": 0.9},
        "canonical_url": {
            "value": "https://eckbaeckerei.test/start",
            "source": "link canonical",
            "confidence": 1.0,
        },
        "favicon_url": {
            "value": "https://eckbaeckerei.test/icon-32.png",
            "source": "link icon",
            "confidence": 1.0,
        },
        "generator": {"value": "Ofen 3.2", "source": "meta generator", "confidence": 1.0},
        "charset": "utf-8",
        "open_graph": {"og:site_name": "Eckbäckerei"},
        "json_ld": [
            {
                "@type": "Bakery",
                "name": "Eckbäckerei",
                "telephone": "+49 (0)731 5550123",
                "sameAs": ["https://www.instagram.com/eckbaeckerei.ulm/"],
            }
        ],
        "is_empty": False,
        "parked": None,
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
