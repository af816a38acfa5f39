"""The products that contracts name."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import products
from accounts.forms.settings import ProductForm
from accounts.models import Product
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show


@require_GET
@requires(Permission.SETTINGS_VIEW)
def product_list(request: MemberRequest) -> HttpResponse:
    return show(request, "products.html", {"products": list(Product.objects.all()[:500])})


@require_http_methods(["GET", "POST"])
@requires(Permission.PRODUCT_EDIT)
def product_add(request: MemberRequest) -> HttpResponse:
    form = ProductForm(request.POST or None)
    saving = Saving(_("New product"), reverse("accounts:product-list"), _("Product added."), _("Add product"))
    return save(request, form, lambda: products.add(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.PRODUCT_EDIT)
def product_edit(request: MemberRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product.objects.all(), pk=pk)
    form = ProductForm(request.POST or None, row=product)
    saving = Saving(product.name, reverse("accounts:product-list"), _("Product saved."))
    return save(
        request, form, lambda: products.edit(product, form.values, by=request.user, version=form.seen_version), saving
    )
