"""Private calendar addresses: made, revoked, read."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from scheduling import links
from scheduling.models import Feed
from scheduling.selectors.feeds import practitioner_of

MOST = 10  # live feeds of one person
GRAIN = timedelta(minutes=5)  # between two notes of when it was read


@transaction.atomic
def create_feed(*, detail: str, label: str, by: User) -> tuple[Feed, str]:
    """A feed of one's own calendar, and the secret of its address, which is kept nowhere.

    Raises DomainError for somebody who is no active practitioner, or has ten feeds.
    """
    me = practitioner_of(by)
    if me is None:
        raise DomainError("Only who is in the directory as an active practitioner has a calendar.", code="practitioner")
    if Feed.objects.filter(created_by=by, revoked_at__isnull=True).count() >= MOST:
        raise DomainError("You have ten feeds. Revoke one that is not read any more.", code="many")
    token = links.new_token()
    feed = Feed(practitioner=me, detail=detail, label=label, token_sha256=links.digest(token), created_by=by)
    return audit.save(feed, by=by), token


@transaction.atomic
def revoke_feed(*, feed: Feed, by: User) -> Feed:
    """From now on its address opens nothing. Harmless twice."""
    feed = Feed.objects.select_for_update(no_key=True, of=("self",)).get(pk=feed.pk)
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        audit.save(feed, by=by)
    return feed


def note_feed_read(*, feed: Feed) -> None:
    """When a calendar last asked for it: like a last sign-in, without a line of history, every five minutes at most."""
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at >= GRAIN:
        Feed.objects.filter(pk=feed.pk).update(read_at=now)
