"""Which address is which resource, in this room."""

from rest_framework.viewsets import GenericViewSet

from accounts.api.accounts import AccountResource
from accounts.api.contacts import ContactResource
from accounts.api.contracts import ContractResource
from accounts.api.events import EventResource
from accounts.api.exports import ExportResource
from accounts.api.facts import ExternalFactResource
from accounts.api.members import MemberResource
from accounts.api.products import ProductResource
from accounts.api.tasks import TaskResource

routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("members", MemberResource, "member"),
    ("accounts", AccountResource, "account"),
    ("contacts", ContactResource, "contact"),
    ("products", ProductResource, "product"),
    ("contracts", ContractResource, "contract"),
    ("events", EventResource, "event"),
    ("tasks", TaskResource, "task"),
    ("external-facts", ExternalFactResource, "external-fact"),
    ("exports", ExportResource, "export"),
]
