"""The people map of an account: who plays which part, who is added, who leaves and who follows."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions import contacts as actions
from accounts.forms.answers import attempt
from accounts.forms.contacts import ContactForm, DepartureForm
from accounts.models import Account, BuyingRole, Contact
from accounts.roles import Permission
from accounts.views.header import header


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def index(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    gone = Contact.objects.filter(account=account).exclude(departed_on=None).select_related("successor")
    context = header(request, account) | {
        "gone": [(contact, formats.date(contact.departed_on)) for contact in gone.order_by("-departed_on", "-pk")]
    }
    return render(request, "accounts/contact_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def create(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    role = request.GET.get("role", "")
    start = {"buying_role": role} if role in BuyingRole.values else {}
    form = ContactForm(request.POST or None, account=account, initial=start)
    context = header(request, account) | {"form": form, "section": "people"}
    if request.method == "GET":
        return render(request, "accounts/contact_form.html", context)
    contact, status = attempt(form, lambda: actions.add(account, form.values, by=request.user))
    if contact is None:
        return render(request, "accounts/contact_form.html", context, status=status)
    messages.success(request, _("%(name)s added.") % {"name": contact.name})
    return redirect("accounts:contact-list", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    contact, account = _found(request, pk)
    form = ContactForm(request.POST or None, account=account, row=contact)
    context = header(request, account) | {"form": form, "contact": contact, "section": "people"}
    if request.method == "GET":
        return render(request, "accounts/contact_form.html", context)
    saved, status = attempt(
        form, lambda: actions.edit(contact, form.values, by=request.user, version=form.seen_version)
    )
    if saved is None:
        return render(request, "accounts/contact_form.html", context, status=status)
    messages.success(request, _("Saved."))
    return redirect("accounts:contact-list", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def depart(request: MemberRequest, pk: int) -> HttpResponse:
    contact, account = _found(request, pk)
    context = header(request, account) | {"contact": contact, "section": "people"}
    start = {"on": context["head"].today, "version": contact.version}
    form = DepartureForm(request.POST or None, contact=contact, initial=start)
    context["form"] = form
    if request.method == "GET":
        return render(request, "accounts/contact_depart.html", context)
    gone, status = attempt(form, lambda: _depart(contact, form, request))
    if gone is None:
        return render(request, "accounts/contact_depart.html", context, status=status)
    text = _("%(name)s left. The change is on the timeline, and plays that watch for it take over.")
    messages.success(request, text % {"name": contact.name})
    return redirect("accounts:contact-list", account.pk)


@transaction.atomic
def _depart(contact: Contact, form: DepartureForm, request: MemberRequest) -> Contact:
    """The new colleague and the departure, or neither."""
    said = form.cleaned_data
    successor = said["successor"]
    if said["new_name"]:
        new = {"name": said["new_name"], "title": said["new_title"], "email": said["new_email"]}
        successor = actions.add(contact.account, new, by=request.user)
    return actions.depart(
        contact, on=said["on"], moved_to=said["moved_to"], successor=successor, by=request.user, version=said["version"]
    )


def _found(request: MemberRequest, pk: int) -> tuple[Contact, Account]:
    contact = get_object_or_404(Contact, pk=pk)
    account = account_or_404(request, contact.account_id)
    contact.account = account
    return contact, account
