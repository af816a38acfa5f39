"""One line for a happening: a refusal has no traceback, an error has one."""

import logging
import sys

from django.core.exceptions import PermissionDenied


def line(error: Exception) -> str:
    handler = next(h for h in logging.getLogger().handlers if h.__class__ is logging.StreamHandler and h.filters)
    try:
        raise error
    except Exception:
        record = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Said: %s", ("/x",), sys.exc_info())
    assert handler.filter(record)
    return handler.format(record)


def test_a_refusal_is_one_line(capsys):
    said = line(PermissionDenied("Not for you"))
    assert "Said: /x" in said
    assert "\n" not in said


def test_an_error_of_ours_keeps_its_traceback(capsys):
    assert "Traceback" in line(RuntimeError("broken"))
