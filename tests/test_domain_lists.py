import gzip
import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from scrapersky.domain_lists import LONGEST_LINE, BadLine, DomainLine, read_domains, split_domains
from scrapersky.errors import InputError

ROOT = Path(__file__).parent.parent


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "list.txt"


def domains(path: Path) -> list[str | int]:
    """The domains, and the line numbers of what is bad, in order."""
    lines = read_domains(str(path))
    return [line.domain if isinstance(line, DomainLine) else line.line_number for line in lines]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.com, b.com c.com", ["a.com", "b.com", "c.com"]),
        ("a.com,,b.com;\n\tc.com\n", ["a.com", "b.com", "c.com"]),
        (" ,; ", []),
    ],
)
def test_split_domains(text: str, names: list[str]) -> None:
    assert split_domains(text) == names


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a.com\nb.com\n", ["a.com", "b.com"]),
        (b"a.com\nb.com", ["a.com", "b.com"]),
        (b"a.com\r\nb.com\r\n", ["a.com", "b.com"]),
        (b"a.com\rb.com\r", ["a.com", "b.com"]),
        (b"\xef\xbb\xbfa.com\n\xef\xbb\xbf\n", ["a.com"]),
        (b"# a list\n\n  # of two\na.com\n \t\nA.com\n", ["a.com", "a.com"]),
        (b"https://www.a.com/x,y\nb.com\n", ["a.com", "b.com"]),
        (b"a.com\nno\nb.com\n\xff\xfe.com\nc.com\n", ["a.com", 2, "b.com", 4, "c.com"]),
        (b"a.com\nb.com,c.com\nd.com\n", ["a.com", 2, "d.com"]),
        (b'"a.com\nb.com\n"c.com\n', ["a.com", "b.com", "c.com"]),
        ("m\u00fcnchen.de\n".encode(), ["xn--mnchen-3ya.de"]),
    ],
)
def test_one_a_line(listed: Path, content: bytes, expected: list[str | int]) -> None:
    listed.write_bytes(content)
    assert domains(listed) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"domain\na.com\nb.com\n", ["a.com", "b.com"]),
        (b"Name,DOMAIN\nAcme,a.com\n", ["a.com"]),
        (b"\xef\xbb\xbfURL;Name\nhttps://a.com/x;Acme\n", ["a.com"]),
        (b'\xef\xbb\xbf"Website";Name\na.com;Acme\n', ["a.com"]),
        (b"name\t Website \nAcme\ta.com\n", ["a.com"]),
        (b"# exported\n\nname,url\nAcme,a.com\n", ["a.com"]),
        (b'name,domain\n"Acme, Inc.",a.com\n"B ""quoted""",b.com\n', ["a.com", "b.com"]),
        (
            b'name,domain\n"two\nlines",a.com\n"three\n\n# lines",b.com\nC,c.com\n',
            ["a.com", "b.com", "c.com"],
        ),
        (b'"the\nname",domain\nA,a.com\n', ["a.com"]),
        (b"url,domain\nhttps://x.com,a.com\nhttps://b.com,\n", ["a.com", "b.com"]),
        (b"name,domain\nA,a.com\nB,\nC\n,,\nD,d.com\n", ["a.com", 3, 4, "d.com"]),
        (b"name,domain\nJos\xe9,a.com\nB,b\xe9.com\n", ["a.com", 3]),
        (b'name,domain\n5" pipe,a.com\nB,b.com\n6" pipe,c.com\n', ["a.com", "b.com", "c.com"]),
        (b'name,domain\nA,a.com\n"B,b.com\nC,c.com\n', ["a.com", 3, "c.com"]),
        (b'name,domain\n"two\nlines",no\nC,c.com\n', [2, "c.com"]),
    ],
)
def test_csv(listed: Path, content: bytes, expected: list[str | int]) -> None:
    listed.write_bytes(content)
    assert domains(listed) == expected


def test_what_is_said_of_a_bad_line(listed: Path) -> None:
    listed.write_bytes(b"a.com\nhttps://anna:s3cret@b.com\nb\xe9.com\n")
    reason = "it carries a user name or a password, which must be taken out"
    assert list(read_domains(str(listed))) == [
        DomainLine("a.com"),
        BadLine(2, "\u2026@b.com", reason),
        BadLine(3, "b\ufffd.com", "it is not UTF-8 text"),
    ]


@pytest.mark.parametrize("header", ["", "domain\n", "domain,name\n"])
def test_a_line_without_end_does_not_fill_the_memory(listed: Path, header: str) -> None:
    with listed.open("w") as file:
        file.write(f"{header}a.com\n")
        file.writelines("x" * 1_000_000 for _ in range(50))
        file.write("\nb.com\n")
    tracemalloc.start()
    lines = list(read_domains(str(listed)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    number = 3 if header else 2
    assert lines[0] == DomainLine("a.com")
    assert lines[1] == BadLine(number, "x" * 80 + "\u2026", "it is longer than 10,000 characters")
    assert lines[2] == DomainLine("b.com")
    assert peak < 1_000_000


def test_a_line_at_the_limit_is_read(listed: Path) -> None:
    longest = "a.com/".ljust(LONGEST_LINE, "x")
    listed.write_text(f"{longest}\n{longest}x\nb.com\n")
    assert domains(listed) == ["a.com", 2, "b.com"]


def test_an_unclosed_quote_costs_one_row_of_a_long_file(listed: Path) -> None:
    rows = [f"name,a{number}.com" for number in range(5_000)]
    listed.write_text("\n".join(["name,domain", '"open,x.com', *rows]))
    found = domains(listed)
    assert found[0] == 2
    assert found[1:] == [f"a{number}.com" for number in range(5_000)]


def test_memory_does_not_grow_with_the_list(listed: Path) -> None:
    listed.write_text("".join(f"site{number}.com\n" for number in range(50_000)))
    tracemalloc.start()
    count = sum(1 for _ in read_domains(str(listed)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 50_000
    assert peak < 1_000_000


def test_gzip(listed: Path) -> None:
    listed.write_bytes(gzip.compress(b"domain\na.com\n"))
    assert domains(listed) == ["a.com"]


def test_a_pipe_is_read(listed: Path) -> None:
    os.mkfifo(listed)
    writer = threading.Thread(target=listed.write_text, args=("a.com\nb.com\n",))
    writer.start()
    assert domains(listed) == ["a.com", "b.com"]
    writer.join()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack: type[bytes]) -> None:
    script = (
        "from scrapersky.domain_lists import *\n"
        "print([line.domain for line in read_domains('-')])\n"
        "import os; os.fstat(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=pack(b"a.com\nb.com"),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.split() == [b"['a.com',", b"'b.com']"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n# nothing\n", "is empty"),
        (b"name,town\nAcme,Bonn\n", "must name one domain, website or url"),
        (b"1,google.com\n2,example.com\n", "must name one domain, website or url"),
        (b"name;town\n", "several columns"),
        ("a.com\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04...", "Excel"),
        (gzip.compress(b"a.com\n" * 1000, mtime=0)[:-12], "damaged"),
        (gzip.compress(b"a.com\n", mtime=0)[:3] + b"x" * 20, "damaged"),
    ],
)
def test_a_file_that_is_no_list(listed: Path, content: bytes, message: str) -> None:
    listed.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        list(read_domains(str(listed)))
    assert str(listed) in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(read_domains(str(tmp_path / "missing.txt")))
    with pytest.raises(InputError, match="is a directory"):
        list(read_domains(str(tmp_path)))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_domains(str(tmp_path / "a\x00b")))
    with pytest.raises(InputError, match="cannot be read: Not a directory"):
        list(read_domains(f"{__file__}/list"))
