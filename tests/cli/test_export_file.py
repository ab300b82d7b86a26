"""Export files: what stands in a cell and in a line, and what cannot be written."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest

from scrapersky.cli.export_file import open_export
from scrapersky.errors import InputError
from scrapersky.exports import Format, Kind

NOON_IN_VIENNA = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))


FIELDS = {"a": Kind.TEXT, "b": Kind.TEXTS}


def write(path: Path, format_: Format | None = None, *, bom: bool = False) -> bytes:
    with open_export(str(path), format_, bom=bom, fields=FIELDS) as out:
        out.write([{"a": "ä\n", "b": ["x", "y"], "more": NOON_IN_VIENNA}])
        out.write([])
    return path.read_bytes()


def test_csv(tmp_path: Path) -> None:
    expected = 'a,b\r\n"ä\n",x y\r\n'.encode()
    assert write(tmp_path / "out.CSV") == expected
    assert write(tmp_path / "out.txt", Format.CSV) == expected
    assert write(tmp_path / "out.csv", bom=True) == b"\xef\xbb\xbf" + expected


def test_json_lines(tmp_path: Path) -> None:
    time = "2026-11-22T11:00:00Z"
    expected = {"a": "ä\n", "b": ["x", "y"], "more": time}
    for path in (tmp_path / "out.jsonl", tmp_path / "out.ndjson"):
        written = write(path)
        assert written.endswith(b"}\n")
        assert orjson.loads(written) == expected
    assert orjson.loads(write(tmp_path / "out.csv", Format.JSONL)) == expected
    assert datetime.fromisoformat(time) == NOON_IN_VIENNA.astimezone(UTC)


def test_a_csv_without_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with open_export(str(path), None, bom=False, fields=FIELDS):
        pass
    assert path.read_text() == "a,b\n"


@pytest.mark.parametrize(
    ("name", "bom", "message"),
    [
        ("out.xlsx", False, "is not known by its ending"),
        ("out", False, "is not known by its ending"),
        ("out.jsonl", True, "--bom is for CSV"),
        ("no/such/folder.csv", False, "No such file or directory"),
        ("folder.csv", False, "Is a directory"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, *, name: str, bom: bool, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=message):
        write(tmp_path / name, bom=bom)
