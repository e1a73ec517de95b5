"""Documents of many forms to plain text: Markdown, text, HTML, PDF and DOCX."""

from corpus.ingest.extract import FORMS as FORMS
from corpus.ingest.extract import Extract as Extract
from corpus.ingest.extract import read_document as read_document
