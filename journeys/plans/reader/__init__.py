"""The one way by which anything of a plan reaches somebody outside: frozen values, filtered by audience in SQL.

Shared pages, their preview, the document and the data to download are made of these values and of nothing else.
"""

from journeys.plans.reader.agreed import AgreedItem, agreed_items
from journeys.plans.reader.reading import as_ours, as_shared, pretended
from journeys.plans.reader.shapes import (
    Agreed,
    Impact,
    Person,
    Reading,
    Remark,
    SharedPlan,
    ToDo,
    Version,
    Word,
)

__all__ = [
    "Agreed",
    "AgreedItem",
    "Impact",
    "Person",
    "Reading",
    "Remark",
    "SharedPlan",
    "ToDo",
    "Version",
    "Word",
    "agreed_items",
    "as_ours",
    "as_shared",
    "pretended",
]
