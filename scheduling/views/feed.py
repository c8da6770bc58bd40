"""One's own calendar in another calendar: the page to make feeds, and the feed itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.access import require
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from scheduling import selectors, services
from scheduling.feeds import feed_text
from scheduling.forms import FeedForm
from scheduling.views.public import gone, public


def kept_by_its_reader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A calendar may keep the feed if it asks each time whether it has changed; a dead one is not kept."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        if response.has_header("ETag"):
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    return guarded


@kept_by_its_reader
@public
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A wrong, a revoked and a dead address answer alike."""
    feed = selectors.live_feed(token)
    times = selectors.busy_times(feed) if feed else None
    if feed is None or times is None:
        return gone(request)
    services.note_feed_read(feed=feed)
    response = HttpResponse(feed_text(times), content_type="text/calendar; charset=utf-8")
    set_response_etag(response)
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


@require_GET
def feed_list(request: HttpRequest) -> HttpResponse:
    return render(request, "scheduling/feed_list.html", _page(request, FeedForm()))


@never_cache
@require_http_methods(["POST"])
def feed_add(request: HttpRequest) -> HttpResponse:
    """Answers with the address itself: it is shown this once, and kept nowhere."""
    require(request.user, Perm.CALENDAR_VIEW)
    form = FeedForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            feed, token = services.create_feed(by=request.user, **form.cleaned_data)
            address = settings.PUBLIC_URL.rstrip("/") + reverse("feed:calendar", args=[token])
            return render(
                request, "scheduling/feed_list.html", _page(request, FeedForm()) | {"address": address, "made": feed}
            )
    return invalid(request, "scheduling/feed_list.html", _page(request, form))


@require_POST
def feed_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    require(request.user, Perm.CALENDAR_VIEW)
    services.revoke_feed(feed=selectors.feed_of(request.user, pk), by=request.user)
    return done(request, reverse("scheduling:feed_list"), "Revoked. The address opens nothing any more.")


def _page(request: HttpRequest, form: FeedForm) -> dict[str, Any]:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    return {
        "form": form,
        "feeds": selectors.feeds_of(request.user, facility),
        "practitioner": selectors.practitioner_of(request.user),
    }
