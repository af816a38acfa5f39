"""What people may say about plays, row by row, and about where plays send things."""

from blueprints.forms.sending import EndpointForm, MessageTemplateForm

__all__ = ["EndpointForm", "MessageTemplateForm"]
