"""Whether a packet is one that was released here: for whoever holds it, and so has its fingerprint.

The answer is a day and nothing else: not whose packet it is, nor who released or received it, nor which facility.
"""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.public import open_to_all
from records.selectors.releases import packet_released_on

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def busy(request: HttpRequest) -> HttpResponse:
    return render(request, "verify/packet.html", {"busy": True}, status=429)


@open_to_all(busy)
@require_http_methods(["GET", "HEAD", "POST"])
def packet(request: HttpRequest) -> HttpResponse:
    """POST asks; the fingerprint stands in no address and no log."""
    if request.method != "POST":
        return render(request, "verify/packet.html", {})
    typed = re.sub(r"[\s:-]", "", request.POST.get("fingerprint", "")).lower()
    if not FINGERPRINT.fullmatch(typed):
        return render(request, "verify/packet.html", {"wrong": True, "typed": typed[:80]}, status=422)
    return render(request, "verify/packet.html", {"asked": True, "typed": typed, "day": packet_released_on(typed)})
