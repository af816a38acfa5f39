"""One line for a happening: a refusal has no traceback, an error has one."""

import logging
import sys

import pytest
from django.core.exceptions import PermissionDenied


def line(error: Exception, path: str = "/x") -> str:
    handler = next(h for h in logging.getLogger().handlers if h.__class__ is logging.StreamHandler and h.filters)
    try:
        raise error
    except Exception:
        record = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Said: %s", (path,), sys.exc_info())
    assert handler.filter(record)
    return handler.format(record)


def test_a_refusal_is_one_line(capsys):
    said = line(PermissionDenied("Not for you"))
    assert "Said: /x" in said
    assert "\n" not in said


def test_an_error_of_ours_keeps_its_traceback(capsys):
    assert "Traceback" in line(RuntimeError("broken"))


@pytest.mark.parametrize("error", [PermissionDenied("/w/acme/p/{}/"), RuntimeError("at /w/acme/p/{}/plan.pdf")])
def test_the_key_of_a_shared_plan_is_in_no_line_and_no_trace(error):
    key = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF"
    said = line(type(error)(str(error).format(key)), f"/w/acme/p/{key}/comments/")
    assert key not in said
    assert "/p/…/comments/" in said
