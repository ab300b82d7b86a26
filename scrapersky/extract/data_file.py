"""The data files that rules are kept in."""

from importlib.resources import files
from typing import Any

import orjson


def data_file(name: str) -> Any:
    """The JSON document of that name; from inside an egg too."""
    return orjson.loads(files("scrapersky.extract").joinpath("data", name).read_bytes())
