"""The product's addresses."""

from csom.urls.public import urlpatterns

__all__ = ["urlpatterns"]
