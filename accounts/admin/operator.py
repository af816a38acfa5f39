"""The operator's admin: tenants, people and keys of this installation. No tenant's rows are in reach from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.actions import people, tenants
from accounts.admin.sites import PlainAdmin
from accounts.models import ApiKey, Invitation, Membership, Tenant, TenantWork, User
from accounts.tenancy.context import tenant_context


class OperatorSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)  # type: ignore[union-attr]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # One way to sign in, throttled and with second factor; the admin has none of its own.
        if request.user.is_authenticated:
            raise PermissionDenied("The admin of this installation is for its operators.")
        return redirect_to_login(request.get_full_path())


operator_site = OperatorSite(name="admin")


class OperatorAdmin(PlainAdmin):
    """Whoever passes the site's gate may look; what may be written each class says itself."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewTenantForm(forms.ModelForm):
    first_admin = forms.ModelChoiceField(User.objects.filter(is_active=True), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Tenant
        fields = ["slug", "name", "timezone", "country", "currency", "handoff_due_days"]


class TenantAdmin(OperatorAdmin):
    list_display = ["name", "slug", "timezone", "currency", "created_at"]
    search_fields = ["name", "slug"]
    fields = ["name", "timezone", "country", "currency", "handoff_due_days", "first_impact_from", "accent"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if change else NewTenantForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else [*NewTenantForm.Meta.fields, "first_admin"]

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        if change:
            with tenant_context(obj):
                # An event names members only, and the operator need not be one.
                tenants.edit(Tenant(pk=obj.pk), values, by=None)
            return
        admin = values.pop("first_admin")
        made = tenants.create(values.pop("slug"), values.pop("name"), admin=admin, **values)
        obj.pk = made.pk


class UserAdmin(OperatorAdmin):
    list_display = ["name", "email", "is_active", "is_staff", "last_login"]
    search_fields = ["name", "email"]
    fields = ["email", "name", "is_active", "is_staff"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["email"] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            people.edit(obj, form.cleaned_data)
            return
        made = people.open(obj.email, obj.name, is_staff=obj.is_staff)
        obj.pk = made.pk


class MembershipAdmin(OperatorAdmin):
    list_display = ["user", "tenant", "role", "created_at", "ended_at"]
    list_select_related = ["user", "tenant"]
    search_fields = ["user__email", "tenant__slug"]
    exclude = ["home_seen_at"]


class InvitationAdmin(OperatorAdmin):
    list_display = ["email", "tenant", "role", "created_at", "expires_at", "mailed_at", "accepted_at", "revoked_at"]
    list_select_related = ["tenant"]
    readonly_fields = ["mailed_at", "mail_due_at", "mail_attempts", "mail_error"]


class ApiKeyAdmin(OperatorAdmin):
    list_display = ["name", "tenant", "prefix", "scope", "last_used_at", "revoked_at"]
    list_select_related = ["tenant"]
    exclude = ["key_hash"]


class TenantWorkAdmin(OperatorAdmin):
    list_display = ["kind", "tenant", "due_at"]
    list_select_related = ["tenant"]


operator_site.register(Tenant, TenantAdmin)
operator_site.register(User, UserAdmin)
operator_site.register(Membership, MembershipAdmin)
operator_site.register(Invitation, InvitationAdmin)
operator_site.register(ApiKey, ApiKeyAdmin)
operator_site.register(TenantWork, TenantWorkAdmin)
