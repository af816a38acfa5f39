"""Pages by cursor: `results` and `next`, as cheap deep in the list as at its start."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    ordering = "id"
    page_size_query_param = "limit"
    max_page_size = 200
