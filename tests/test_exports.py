"""Exports: what stands in a cell, and in a Parquet file."""

import gc
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from pyarrow import parquet

from scrapersky.db import export_fields
from scrapersky.errors import InputError
from scrapersky.exports import Format, Kind, csv_cell, export_file
from scrapersky.parquet import GROUP

NOON_IN_VIENNA = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))
ID = UUID("0197f3a2-5d4e-7cc0-8a53-1b2c3d4e5f60")


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
        ({"stage": "import"}, '{"stage":"import"}'),
        ("+49+30", "'+49+30"),
        ("+4930123456*cmd", "'+4930123456*cmd"),
        ("+4930123456\n", "'+4930123456\n"),
    ],
)
def test_cells(value: Any, expected: str) -> None:
    assert csv_cell(value) == expected


FIELDS = {
    "id": Kind.TEXT,
    "count": Kind.INTEGER,
    "share": Kind.REAL,
    "is_so": Kind.BOOLEAN,
    "at": Kind.TIME,
    "names": Kind.TEXTS,
    "more": Kind.JSON,
}
FULL: dict[str, Any] = {
    "id": ID,
    "count": 2**40,
    "share": 0.5,
    "is_so": False,
    "at": NOON_IN_VIENNA,
    "names": ["=a", "ä\n"],
    "more": [{"name": "PHP"}],
}
EMPTY = dict.fromkeys(FIELDS)


def in_parquet(*parts: list[dict[str, Any]]) -> parquet.ParquetFile:
    stream = io.BytesIO()
    with export_file(stream, Format.PARQUET, fields=FIELDS) as out:
        for rows in parts:
            out.write(rows)
    return parquet.ParquetFile(io.BytesIO(stream.getvalue()))


def test_parquet_has_types_and_every_value_as_it_is() -> None:
    file = in_parquet([FULL], [EMPTY])
    assert file.schema_arrow.field("at").type == pa.timestamp("us", tz="UTC")
    assert file.schema_arrow.field("names").type == pa.list_(pa.string())
    full, empty = file.read().to_pylist()
    assert full == {
        **FULL,
        "id": str(ID),
        "at": NOON_IN_VIENNA.astimezone(UTC),
        "more": '[{"name":"PHP"}]',
    }
    assert empty == EMPTY


def test_parquet_in_groups() -> None:
    part = [FULL] * 1_000
    file = in_parquet(*[part] * (GROUP // 1_000), part)
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [GROUP, 1_000]
    assert in_parquet().read().num_rows == 0


def broken_off(stream: io.BytesIO) -> None:
    with export_file(stream, Format.PARQUET, fields=FIELDS) as out:
        out.write([FULL])
        raise ZeroDivisionError


def test_a_parquet_file_that_broke_off_is_none() -> None:
    stream = io.BytesIO()
    with pytest.raises(ZeroDivisionError):
        broken_off(stream)
    gc.collect()  # pyarrow ends files when it throws their writers away
    with pytest.raises(pa.ArrowInvalid):
        parquet.ParquetFile(io.BytesIO(stream.getvalue()))


def test_without_pyarrow_it_says_how_to_install_it() -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import io; from scrapersky.exports import *; from scrapersky.errors import InputError\n"
        "try:\n"
        "    with export_file(io.BytesIO(), Format.PARQUET, fields={}): pass\n"
        "except InputError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "Parquet needs pyarrow, which is not installed: pip install 'scrapersky[parquet]'.\n"
    )


@pytest.mark.parametrize("format_", [Format.JSONL, Format.PARQUET])
def test_only_csv_has_a_byte_order_mark(format_: Format) -> None:
    with (
        pytest.raises(InputError, match="is for CSV"),
        export_file(io.BytesIO(), format_, fields=FIELDS, bom=True),
    ):
        pass


def test_every_field_has_the_kind_of_its_column() -> None:
    domains, pages = export_fields.DOMAINS, export_fields.PAGES
    assert (domains["technologies"], domains["emails"], domains["email"]) == (
        Kind.JSON,
        Kind.TEXTS,
        Kind.TEXT,
    )
    assert (pages["id"], pages["lastmod"], pages["priority"], pages["sitemap"]) == (
        Kind.TEXT,
        Kind.TIME,
        Kind.REAL,
        Kind.TEXT,
    )
    assert export_fields.CONTACTS["confidence"] == Kind.REAL
    assert export_fields.JOBS["targets_total"] == Kind.INTEGER
