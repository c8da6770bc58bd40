"""A real browser in front of the real application, with a real database and a real mail server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from tests.conftest import signed_in
from tests.journeys import stage
from tests.journeys.visitor import Eyes, Visitor
from tests.scheduling.postbox import Postbox, port_of, running

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
LAST_SEEN = os.environ.get("JOURNEYS_LAST_SEEN", "")  # a folder for what each browser showed at the end
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Playwright's loop runs in this thread, which Django would take for async code."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def eyes() -> Eyes:
    """Remembers which pages were looked at closely, so that each is examined once."""
    return Eyes()


@pytest.fixture
def visit(browser: Browser, live_server, eyes: Eyes, settings) -> Iterator[Callable[..., Visitor]]:
    """`visit(user)` is a browser in which the person is signed in, `visit()` one of somebody unknown.

    After the test every browser that was opened must have seen nothing amiss.
    """
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    visitors: list[Visitor] = []

    def open_browser(user: User | None = None, *, scripts: bool = True, width: int = 1280) -> Visitor:
        visitor = Visitor(browser, live_server.url, eyes, scripts=scripts, width=width)
        visitors.append(visitor)
        if user:
            visitor.carry(signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value)
        return visitor

    yield open_browser
    for number, visitor in enumerate(visitors, 1):
        visitor.close(LAST_SEEN and Path(LAST_SEEN) / f"{number}.png")
    problems = [problem for visitor in visitors for problem in visitor.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """Mail goes to a real server on loopback."""
    box = Postbox()
    server = running(box)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port_of(server)
    yield box
    server.stop()


@pytest.fixture
def house(transactional_db) -> stage.House:
    return stage.house()
