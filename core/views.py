from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that outlived its session: say so kindly; the draft is still in the browser."""
    return render(request, "403_csrf.html", status=403)
