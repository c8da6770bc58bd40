"""Logs name no token, no search text, no person."""

import logging

import pytest
from django.test import Client

from core.logs import MaskFilter, masked


def test_tokens_and_query_strings_are_masked():
    assert masked("GET /a/Zm9vYmFyYmF6/calendar/?q=Rivera 404") == "GET /a/…/calendar/?… 404"
    assert masked("GET /feed/Zm9vYmFyYmF6.ics 200") == "GET /feed/… 200"


@pytest.mark.django_db
def test_a_wrong_link_leaves_no_token_in_the_log(caplog):
    caplog.handler.addFilter(MaskFilter())
    with caplog.at_level(logging.DEBUG):
        Client().get("/a/this-is-a-token-of-a-patient/?name=Rivera")
    assert "this-is-a-token" not in caplog.text
    assert "Rivera" not in caplog.text
    assert "/a/…" in caplog.text


@pytest.mark.django_db
def test_a_wrong_calendar_feed_leaves_no_token_in_the_log(caplog):
    caplog.handler.addFilter(MaskFilter())
    with caplog.at_level(logging.DEBUG):
        Client().get("/feed/this-is-a-secret-of-a-calendar.ics")
    assert "this-is-a-secret" not in caplog.text
    assert "/feed/…" in caplog.text
