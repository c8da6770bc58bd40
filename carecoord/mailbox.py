"""/mailbox/: what the demo would have mailed. The embedded mail catcher keeps it; nothing is ever sent.

Public, because it exists only in the demo, on loopback (the routes are added if settings.EMBEDDED).
"""

import mailbox
import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import escape, format_html, strip_tags
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

NEWEST = 200  # the list reads each message it shows
BODIES = {"text/plain", "text/html"}
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One message of the folder, as its pages show it."""

    key: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def recipients(self) -> str:
        """From the envelope, so that blind copies are seen too."""
        return str(self.message["X-RcptTo"] or self.message["To"] or "")

    @property
    def sent_at(self) -> datetime | None:
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain", "html"))
        if body is None:
            return ""
        content = _text_of(body)
        return strip_tags(content) if body.get_content_subtype() == "html" else content

    @property
    def attachments(self) -> list[Attachment]:
        """Every part but the bodies: a calendar file is often an alternative, not an attachment."""
        leaves = [part for part in self.message.walk() if not part.is_multipart()]
        return [_attachment(part) for part in leaves if part.get_filename() or part.get_content_type() not in BODIES]


@require_safe
@never_cache
@login_not_required
def mail_list(request: HttpRequest) -> HttpResponse:
    folder = _folder()
    keys = sorted(folder.keys(), key=_arrival, reverse=True)
    mails = [mail for mail in (_read(folder, key) for key in keys[:NEWEST]) if mail]
    return render(request, "mailbox/mail_list.html", {"mails": mails, "older": max(0, len(keys) - NEWEST)})


@require_safe
@never_cache
@login_not_required
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    mail = _get_or_404(key)
    return render(request, "mailbox/mail_detail.html", {"mail": mail, "body": _with_local_links(mail.text)})


@require_safe
@never_cache
@login_not_required
def mail_source(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(_get_or_404(key).message.as_bytes(), content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
@login_not_required
def attachment_download(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Always saved, never shown: it is someone else's file in our origin."""
    attachments = _get_or_404(key).attachments
    if number >= len(attachments):
        raise Http404
    chosen = attachments[number]
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=chosen.name) or "attachment"
    }
    return HttpResponse(chosen.content, content_type=chosen.content_type, headers=headers)


def _folder() -> mailbox.Maildir:
    return mailbox.Maildir(settings.HOME / "mail")


def _arrival(key: str) -> tuple[int, int]:
    """A Maildir key begins with its time: "1700000000.M123456P..."."""
    found = re.match(r"(\d+)\.M(\d+)", key)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _read(folder: mailbox.Maildir, key: str) -> Mail | None:
    try:
        with folder.get_file(key) as file:
            content = file.read()
    except (KeyError, FileNotFoundError):  # unknown, or deleted since the list was read
        return None
    return Mail(key, BytesParser(policy=policy.default).parsebytes(content))


def _get_or_404(key: str) -> Mail:
    mail = _read(_folder(), key)
    if mail is None:
        raise Http404
    return mail


def _attachment(part: MIMEPart) -> Attachment:
    content_type = part.get_content_type()
    name = part.get_filename() or f"unnamed{mimetypes.guess_extension(content_type) or ''}"
    return Attachment(name, content_type, _bytes_of(part))


def _bytes_of(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text_of(part: MIMEPart) -> str:
    """Bytes that do not fit their declared character set are replaced, not raised."""
    content = _bytes_of(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _with_local_links(text: str) -> SafeString:
    """Escape everything; make a link of what leads to this machine and of nothing else."""
    pieces, end = [], 0
    for found in LINK.finditer(text):
        pieces += [escape(text[end : found.start()]), _link(found[0])]
        end = found.end()
    # Safe: every piece is escaped.
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308  # nosec


def _link(address: str) -> SafeString:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    local = host in {"localhost", "127.0.0.1"} or address.startswith(f"{settings.PUBLIC_URL}/")
    return format_html('<a href="{0}">{0}</a>', address) if local else escape(address)


app_name = "mailbox"
urlpatterns = [
    path("", mail_list, name="mail_list"),
    path("<str:key>/", mail_detail, name="mail_detail"),
    path("<str:key>/source/", mail_source, name="mail_source"),
    path("<str:key>/attachments/<int:number>/", attachment_download, name="attachment_download"),
]
