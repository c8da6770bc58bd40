"""What was sent, for a form that also shows itself empty."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The fields of a POST, also when there are none; None on a GET, which leaves the form unbound."""
    return request.POST if request.method == "POST" else None
