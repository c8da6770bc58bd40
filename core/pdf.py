"""Papers as PDF, set by typst from a template of ours and data that is only ever text."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from core.text import printable


def render_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `templates/<template>` (such as `records/pdf/document.typ`), tagged for screen readers.

    `data` reaches the template as JSON, so that nothing in it is taken for markup; dates become ISO text. Templates
    begin with `#import "/_pdf/letter.typ": *` and need in `data` what that file's first lines name. A paper with
    letters that no font here can draw is set all the same, without the claim to be PDF/UA.
    Raises typst.TypstError for a template that is wrong.
    """
    sent = {"data": json.dumps(_printable(data), cls=DjangoJSONEncoder, ensure_ascii=False)}
    try:
        return _compiled(template, sent, accessible=True)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _compiled(template, sent, accessible=False)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, (list, tuple)) else value


def _compiled(template: str, sent: dict[str, str], *, accessible: bool) -> bytes:
    root = settings.BASE_DIR / "templates"
    return typst.compile(
        str(root / template),
        root=str(root),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs=sent,
        pdf_standards=["ua-1"] if accessible else [],
    )


@cache
def _fonts() -> typst.Fonts:
    """Those in the wheel first; the machine's own draw what they lack."""
    return typst.Fonts(include_system_fonts=True)
