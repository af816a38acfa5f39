"""Whole addresses for mails and workers, which have no request to build them from."""

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver

from accounts.models import Tenant


def tenant_url(tenant: Tenant, name: str, *args: object, **kwargs: object) -> str:
    """The address of a page inside a workspace."""
    return f"{settings.BASE_URL}/w/{tenant.slug}{path_of(settings.TENANT_URLCONF, name, *args, **kwargs)}"


def public_url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page outside every workspace."""
    return settings.BASE_URL + path_of(settings.ROOT_URLCONF, name, *args, **kwargs)


def path_of(urlconf: str, name: str, *args: object, **kwargs: object) -> str:
    """Like reverse(), but never with the prefix of the workspace whose request is running."""
    namespaces = name.split(":")
    resolver = get_resolver(urlconf)
    prefix = "/"
    for namespace in namespaces[:-1]:
        if namespace not in resolver.namespace_dict:
            raise NoReverseMatch(f"{namespace} is not a namespace of {urlconf}")
        extra, resolver = resolver.namespace_dict[namespace]
        prefix += extra
    return str(resolver._reverse_with_prefix(namespaces[-1], prefix, *args, **kwargs))  # type: ignore[attr-defined]
