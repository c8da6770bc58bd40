"""The words of papers that are read and signed here."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation


def words_in(language: str, paper: str, context: dict[str, Any]) -> str:
    """A paper's text in the language it is read in, English if we have not that one.

    Whatever language the browser asks for: the same choices give the same text, and so the same digest.
    """
    read_in = "es" if language == "es" else "en"
    with translation.override(read_in):
        return render_to_string(f"records/{paper}_text.{read_in}.txt", context).strip() + "\n"
