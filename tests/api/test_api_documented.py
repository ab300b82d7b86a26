"""The pages of the API say which routes there are; the table of models knows all spiders."""

import re
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from support import ROOT

from api.app import create_app
from scrapersky import settings
from scrapersky.arguments import SPIDERS
from scrapersky.config import get_config
from scrapersky.crawl.spider import DomainSpider


def test_every_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRAPERSKY_HOME", str(tmp_path))
    get_config.cache_clear()
    paths = create_app().openapi()["paths"]
    get_config.cache_clear()
    served = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    pages = (
        ROOT / "docs" / name for name in ("api.md", "api-data.md", "api-pages.md", "exports.md")
    )
    text = "".join(page.read_text("utf-8") for page in pages)
    table = re.findall(r"^\| `((?:GET|POST|PATCH|PUT|DELETE) [^`]+)` \|", text, flags=re.MULTILINE)
    assert sorted(table) == sorted(served)


def test_every_spider_has_its_model() -> None:
    loaded = Settings()
    loaded.setmodule(settings)
    loader = SpiderLoader.from_settings(loaded)
    models = {}
    for name in loader.list():
        spider = loader.load(name)
        assert issubclass(spider, DomainSpider)
        models[name] = spider.arguments_model
    assert models == SPIDERS
