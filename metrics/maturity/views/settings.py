"""What is asked, and what the cells of the matrix mean."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.forms.answers import attempt
from accounts.roles import Permission
from accounts.views.settings_map import tabs
from metrics.maturity import actions, index
from metrics.maturity.forms import MatrixForm
from metrics.maturity.models import MaturityTemplate


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {"tabs": tabs(request), "may_edit": request.membership.may(Permission.HEALTH_EDIT)}
    return render(request, f"maturity/{template}", common | context, status=status)


def template_or_404(pk: int) -> MaturityTemplate:
    return get_object_or_404(MaturityTemplate.objects.filter(archived_at=None), pk=pk)


@require_GET
@requires(Permission.SETTINGS_VIEW)
def overview(request: MemberRequest) -> HttpResponse:
    matrix = actions.matrix()
    cells = [(cell, matrix.cells[cell]) for cell in index.CELLS]
    return show(request, "settings.html", {"rows": actions.templates(), "matrix": matrix, "cells": cells})


@require_http_methods(["GET", "POST"])
@requires(Permission.HEALTH_EDIT)
def matrix(request: MemberRequest) -> HttpResponse:
    form, status = MatrixForm(request.POST or None, matrix=actions.matrix()), 200
    if request.method == "POST":
        row, status = attempt(
            form, lambda: actions.edit_matrix(form.values, by=request.user, version=form.cleaned_data["version"])
        )
        if row:
            messages.success(request, _("Saved; the matrix is drawn anew at once."))
            return redirect("maturity:settings")
    return show(request, "matrix_form.html", {"form": form}, status)


@require_POST
@requires(Permission.HEALTH_EDIT)
def template_archive(request: MemberRequest, pk: int) -> HttpResponse:
    actions.archive(template_or_404(pk), by=request.user)
    messages.success(request, _("Put away; what was assessed with it stays."))
    return redirect("maturity:settings")
