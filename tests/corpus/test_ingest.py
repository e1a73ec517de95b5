"""Documents of every form: what is read out of them, on which page and under which heading, and what is refused how."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from corpus.errors import CorpusFileError
from corpus.ingest import FORMS, Extract, read_document
from corpus.ingest.extract import LARGEST_ORIGINAL
from corpus.passages import split_passages
from tests.corpus.conftest import CityFolder

Read = Callable[[str, bytes], Extract]
TABLE = "| Firm | Region |\n| --- | --- |\n| Acme | North |"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes bytes into a file of this name and reads it."""

    def reading(name: str, content: bytes) -> Extract:
        (tmp_path / name).write_bytes(content)
        return read_document(tmp_path / name)

    return reading


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF with these lines on its pages, one font and no compression."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 11 Tf 14 TL 50 750 Td {shown} ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        font = b"/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (font, len(objects)))
    kids = b" ".join(b"%d 0 R" % number for number in range(5, len(objects) + 1, 2))
    objects[1] = b"<< /Type /Pages /MediaBox [0 0 612 792] /Kids [%s] /Count %d >>" % (kids, len(pages))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + table + end


def word(fill: Callable[[docx.document.Document], object]) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    fill(document)
    document.save(out)
    return out.getvalue()


def rewritten(raw: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer, out = PdfWriter(clone_from=io.BytesIO(raw)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


ONE_PAGE = pdf(["Acme leads the north."])
SIMPLE = word(lambda document: document.add_paragraph("Acme leads the north."))

# What is read


def test_plain_text_is_taken_verbatim(read: Read) -> None:
    text = "Acme  leads\tthe \ufb01rst *north*.\n<p># No markup\n"
    raw = text.encode()
    assert read("a.txt", raw) == Extract(text, hashlib.sha256(raw).hexdigest())


def test_markdown_loses_its_markup_and_keeps_its_structure(read: Read) -> None:
    text = (
        "---\ntitle: Notes\n---\n# Harbour *report*\n\nAcme **leads** the [north](http://a.example), and\nBolt &amp; "
        "Crane the south.\n\n- one\n  - two\n\n| Firm | Region |\n|---|---|\n| `Acme` | North |\n\n> said <b>he</b>\n"
    )
    assert read("a.md", text.encode()).text == (
        f"# Harbour report\n\nAcme leads the north, and Bolt & Crane the south.\n\n- one\n- two\n\n{TABLE}\n\nsaid he"
    )


def test_html_gives_what_a_reader_reads(read: Read) -> None:
    html = (
        "<!DOCTYPE html><head><title>T</title><style>p {}</style><body><nav>Home</nav><main><h1>The <i>north</i></h1>"
        "<p>Acme leads<br>it. <!-- no --><p>Bolt <script>x()</script>\n follows.<div>Loose <b>words</b><p>inside</div>"
        "<ul><li>a<li><p>b</p><ul><li>c</ul></ul><p hidden>secret</p><pre>x  y\n  z</pre>"
        "<table><tr><th>Firm<th>Region<tr><td>Acme<td>North</table></main><footer>Imprint</footer>"
    )
    assert read("a.html", html.encode()).text == (
        "# The north\n\nAcme leads\nit.\n\nBolt follows.\n\nLoose words\n\ninside\n\n- a\n- b\n- c\n\n"
        f"x  y\n  z\n\n{TABLE}"
    )


@pytest.mark.parametrize(("declared", "encoding"), [("windows-1252", "cp1252"), ("shift_jis", "cp932"), ("", "utf-8")])
def test_html_is_read_in_the_encoding_that_it_declares(read: Read, declared: str, encoding: str) -> None:
    words = "北部" if encoding == "cp932" else "Süd – Nord"
    assert read("a.htm", f'<meta charset="{declared}"><p>{words}</p>'.encode(encoding)).text == words


def test_a_word_file_gives_headings_lists_tables_and_insertions(read: Read) -> None:
    def fill(document: docx.document.Document) -> None:
        document.add_heading("Report", 0)
        document.add_heading("The north", 2)
        paragraph = document.add_paragraph("Acme ")
        inserted, run, text = OxmlElement("w:ins"), OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "leads it."
        run.append(text)
        inserted.append(run)
        paragraph._p.append(inserted)
        document.add_paragraph("one", style="List Bullet")
        document.add_paragraph("two", style="List Number")
        cells = [cell for row in document.add_table(2, 2).rows for cell in row.cells]
        for cell, words in zip(cells, ("Firm", "Region", "Acme", "North"), strict=True):
            cell.text = words
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        content.append(document.add_paragraph("Inside a control.")._p)
        control.append(content)
        document.element.body.insert(-1, control)
        assert control.find(qn("w:sdtContent")) is not None

    assert read("a.docx", word(fill)).text == (
        f"# Report\n\n## The north\n\nAcme leads it.\n\n- one\n- two\n\n{TABLE}\n\nInside a control."
    )


def test_a_pdf_gives_paragraphs_and_pages(read: Read) -> None:
    first = [
        "The north",
        "Acme leads the growing mar-",
        "ket of the far north, and it",
        "does so by a broad-",
        "based plan.",
    ]
    second = ["The market is old. It was", "founded by"]
    found = read("a.pdf", pdf(first, second, ["harbour folk long ago."]))
    assert found.text == (
        "The north\n\nAcme leads the growing market of the far north, and it does so by a broad-based plan.\n\n"
        "The market is old. It was founded by harbour folk long ago."
    )
    assert [found.text[start:][:11] for start in found.pages] == ["The north\n\n", "The market ", "harbour fol"]


def test_a_page_without_text_is_told(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    raw = rewritten(ONE_PAGE, lambda writer: writer.add_blank_page(100, 100))
    with caplog.at_level(logging.WARNING):
        assert read("a.pdf", raw).text == "Acme leads the north."
    assert "a.pdf: no text on page 2" in caplog.text


def test_a_pdf_that_only_its_owner_may_change_is_read(read: Read) -> None:
    raw = rewritten(ONE_PAGE, lambda writer: writer.encrypt("", "owner", algorithm="RC4-128"))
    assert read("a.pdf", raw).text == "Acme leads the north."


# What is refused


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.txt", b" \n", "is empty"),
        ("a.pdf", b"", "is empty"),
        ("a.md", b"<!-- nothing -->", "holds no text"),
        ("a.html", b"<script>x()</script>", "holds no text"),
        ("a.docx", word(lambda document: None), "holds no text"),
        ("a.pdf", rewritten(ONE_PAGE, lambda w: (w.remove_page(0), w.add_blank_page(9, 9))), "text recognition"),
        ("a.pdf", rewritten(ONE_PAGE, lambda w: w.encrypt("secret", algorithm="RC4-128")), "without a password"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "without a password"),
        ("a.pdf", ONE_PAGE[:200], "save it as PDF again"),
        ("a.docx", SIMPLE[:2000], "save it as DOCX again"),
        ("a.pdf", b"Acme leads the north.", "no PDF file"),
        ("a.docx", b"Acme leads the north.", "no Word file"),
        ("a.txt", ONE_PAGE, "let its name end in .pdf"),
        ("a.md", SIMPLE, "let its name end in .docx"),
        ("a.txt", "Acme".encode("utf-16"), "Save it as UTF-8"),
        ("a.md", b"x\nS\xfcd", "a.md:2: is not UTF-8"),
        ("a.html", b"<p>\nS\xfcd", "a.html:2: is not UTF-8. Declare its encoding"),
        ("a.html", b"<meta charset=no-such-thing><p>x", "no-such-thing"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "is binary"),
        ("a.html", b"<div>" * 5000 + b"x", "nested too deep"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_mend(read: Read, name: str, raw: bytes, told: str) -> None:
    with pytest.raises(CorpusFileError) as raised:
        read(name, raw)
    assert str(raised.value).startswith(name)
    assert told in str(raised.value)


def test_what_is_missing_or_too_large_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusFileError, match=r"gone\.pdf: cannot be read"):
        read_document(tmp_path / "gone.pdf")
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(LARGEST_ORIGINAL + 1)
    with pytest.raises(CorpusFileError, match=r"huge\.pdf: has .* bytes.*Cut it in parts"):
        read_document(tmp_path / "huge.pdf")


@pytest.mark.slow
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(read: Read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(300 * 1024 * 1024))
    with pytest.raises(CorpusFileError, match=r"a\.docx: unpacks to"):
        read("a.docx", out.getvalue())


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FORMS)), st.sampled_from([ONE_PAGE, SIMPLE, b"<p>x</p>"]), st.data())
def test_spoilt_bytes_are_read_or_refused(read: Read, ending: str, raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw) - 1))
    spoilt = raw[:at] + data.draw(st.binary(max_size=8)) + raw[at + data.draw(st.integers(0, 64)) :]
    try:
        found = read(f"a{ending}", spoilt)
    except CorpusFileError as error:
        assert str(error).startswith(f"a{ending}")
    else:
        assert found == read(f"a{ending}", spoilt)
        assert found.text.encode()


# In a corpus


@pytest.mark.parametrize(
    ("file", "raw", "heading", "page"),
    [
        ("report.pdf", pdf(["Yearly report."], ["The Harbour Office runs the ferries."]), "", 2),
        ("report.html", b"<h1>Year</h1><p>Hello.<h2>Boats</h2><p>The Harbour Office runs the ferries.", "Boats", 0),
    ],
)
def test_facts_are_quoted_from_the_text_that_was_read(
    city: CityFolder, file: str, raw: bytes, heading: str, page: int
) -> None:
    city.about["documents"][0]["file"] = file
    city.documents, city.raw = {file: ""}, {file: raw}
    city.quotes, city.facts = {"ferries": "The Harbour Office runs the ferries."}, city.facts[:1]
    corpus = city.load()
    document, quote = corpus.documents["report"], corpus.facts["ferries"].quote
    assert document.text[quote.start : quote.end] == quote.text
    assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()
    assert document.original_sha256 == hashlib.sha256(raw).hexdigest()
    [passage] = [passage for passage in split_passages(document) if quote in passage.sentences]
    assert (passage.heading, passage.page) == (heading, page)
