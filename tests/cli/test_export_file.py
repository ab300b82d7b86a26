"""Export files: what stands in a cell and in a line, and what cannot be written."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest

from scrapersky.cli.export_file import csv_cell, open_export
from scrapersky.cli.options import Format
from scrapersky.errors import InputError

NOON_IN_VIENNA = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (404, "404"),
        (["a@a.test", "b@a.test"], "a@a.test b@a.test"),
        ([], ""),
        ([{"name": "WordPress", "version": "6.8"}, {"name": "PHP"}], "WordPress; PHP"),
        ([{"street": "Rye Lane 1", "raw": "Rye Lane 1, Ulm"}], "Rye Lane 1, Ulm"),
        ([{"day": "mo"}], '{"day":"mo"}'),
        ([{"name": "=1+1"}], "'=1+1"),
        (NOON_IN_VIENNA, "2026-11-22T11:00:00Z"),
        ("Brot & Donner", "Brot & Donner"),
        ("a=b", "a=b"),
        ('=HYPERLINK("http://x.test")', '\'=HYPERLINK("http://x.test")'),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        (["=x@a.test"], "'=x@a.test"),
        ("+4930123456", "+4930123456"),
        (["+4930123456", "030123456"], "+4930123456 030123456"),
        ("+49+30", "'+49+30"),
        ("+4930123456*cmd", "'+4930123456*cmd"),
        ("+4930123456\n", "'+4930123456\n"),
    ],
)
def test_cells(value: Any, expected: str) -> None:
    assert csv_cell(value) == expected


def write(path: Path, format_: Format | None = None, *, bom: bool = False) -> bytes:
    with open_export(str(path), format_, bom=bom, fields=("a", "b")) as out:
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
    with open_export(str(path), None, bom=False, fields=("a", "b")):
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
