"""The content security policy: strict everywhere, the admin's own on the admin's paths."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PolicyMiddleware(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # By path_info: the tenant's prefix has moved into SCRIPT_NAME by now.
        if request.path_info.startswith("/admin/"):
            response._csp_replace = settings.ADMIN_POLICY  # type: ignore[attr-defined]
        return super().process_response(request, response)
