"""What plans start with, as the workspace's own people word it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.models import Product
from journeys.plans.forms.items import Short
from journeys.plans.models import PlanTemplate, TemplateLine


class TemplateForm(RowForm):
    class Meta:
        model = PlanTemplate
        fields = ("name", "segment", "product", "north_star")
        labels = {"segment": _("For accounts of the segment"), "product": _("For accounts with the product"),
                  "north_star": _("North star")}  # fmt: skip
        help_texts = {"segment": _("Empty: of every segment."),
                      "north_star": _("Stands there where nothing is known of the impact yet.")}  # fmt: skip
        widgets = {"north_star": Short()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.all()
        product.empty_label = _("Any product")


class LineForm(RowForm):
    """Which fields count depends on the noun: those of an objective stand together, and others are kept in vain."""

    class Meta:
        model = TemplateLine
        fields = ("noun", "title", "detail", "audience", "due_days", "side", "kind", "horizon", "metric", "unit")
        labels = {
            "noun": _("What it becomes"), "title": _("Words"), "detail": _("More, or what is done about it"),
            "kind": _("Kind of objective"), "horizon": _("Horizon of the objective"), "side": _("Whose turn"),
            "audience": _("Who may read it"), "metric": _("What is measured"), "unit": _("Unit"),
            "due_days": _("Days from the commitment"),
        }  # fmt: skip
        help_texts = {"side": _("Of a milestone or an action."), "metric": _("Of an objective."), "unit": ""}
        widgets = {"detail": Short()}
