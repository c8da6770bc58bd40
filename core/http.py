"""The three answers a view gives to a POST: done, invalid, conflict; and the answer that is a file."""

from io import BytesIO
from typing import IO, Any

from django.contrib import messages
from django.forms import BaseForm, ModelForm
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from core.errors import Conflict


def done(request: HttpRequest, to: str, message: str = "") -> HttpResponse:
    """The change is made: say so and go to `to` (a path), with or without HTMX."""
    if message:
        messages.success(request, message)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(to)
    return redirect(to)


def invalid(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The form came back with errors: 422, the errors beside their fields, nothing typed lost.

    503 where the form is right and something outside did not answer.
    """
    return render(request, template, context, status=getattr(context.get("form"), "answer_status", 422))


def conflict(request: HttpRequest, form: ModelForm, error: Conflict, *, back: str) -> HttpResponse:
    """Somebody saved the record first: show both texts field by field, lose neither (409)."""
    rows = [_compare(form, name, error.current) for name in form.fields if name != "version"]
    context = {"rows": rows, "current": error.current, "back": back, "action": request.path, "form": form}
    last = error.current.history.select_related("history_user").first()
    context |= {"who": last.history_user if last else None, "when": error.current.updated_at}
    context["hidden"] = [("version", error.current.version)]
    return render(request, "core/conflict.html", context, status=409)


def _compare(form: BaseForm, name: str, current: Any) -> dict[str, Any]:
    theirs, mine = getattr(current, name, ""), form.cleaned_data.get(name)
    return {
        "field": name,
        "label": form[name].label,
        "mine": form[name].value() or "",
        "theirs": form.fields[name].prepare_value(getattr(theirs, "pk", theirs)) or "",
        "same": mine == theirs,
    }


INLINE = {"application/pdf", "image/jpeg", "image/png", "text/plain"}
# A picture or a text needs nothing at all. A browser shows no PDF in a sandbox; its own viewer draws it, and nothing
# else may run, load or frame it.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'"
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def file_answer(content: IO[bytes] | bytes, *, content_type: str, name: str, inline: bool = False) -> FileResponse:
    """A file to keep, or with `inline` to look at in a tab of its own, where its kind is safe to look at.

    The browser neither guesses its kind, nor runs, frames or stores it. `name` tells nothing about a patient.
    """
    body = BytesIO(content) if isinstance(content, bytes) else content
    shown = inline and content_type in INLINE
    answer = FileResponse(body, as_attachment=not shown, filename=name, content_type=content_type)
    if content_type == "text/plain":
        answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Content-Security-Policy"] = PDF_POLICY if content_type == "application/pdf" else SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
