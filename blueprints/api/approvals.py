"""Approvals: mails that wait for a word, approved with other words if need be, or declined with a reason."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Text, Versioned
from accounts.api.filters import Choices, Ids
from accounts.api.resource import Readable, Shape
from accounts.models import Membership
from accounts.roles import Permission
from blueprints.actions import approvals
from blueprints.models import RunStep, StepState


class ApprovalFilters(df.FilterSet):
    account = Ids(field_name="run__account_id", help_text="The id of the account.")
    play = df.CharFilter("run__play__code", help_text="The play's code.")
    state = Choices(choices=StepState.choices, help_text="asking: waits for a word.")

    class Meta:
        model = RunStep
        fields: tuple[str, ...] = ()


class DraftShape(serializers.Serializer):
    to = serializers.CharField()
    name = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()


class ApprovalShape(Shape):
    id = serializers.IntegerField()
    run = serializers.IntegerField()
    play = serializers.CharField(help_text="The play's code.")
    account = serializers.IntegerField()
    state = serializers.ChoiceField(choices=StepState.choices)
    drafts = DraftShape(many=True, help_text="One mail for each contact.")
    error = serializers.CharField(help_text="Why it was declined, or why it failed.")
    at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        drafts = [{name: draft.get(name, "") for name in ("to", "name", "subject", "text")}
                  for draft in row["did"].get("drafts", [])]  # fmt: skip
        return {
            "id": row["id"], "run": row["run_id"], "play": row["run__play__code"], "account": row["run__account_id"],
            "state": row["state"], "drafts": drafts, "error": row["error"], "at": row["at"], "version": row["version"],
        }  # fmt: skip


class WordsEntry(serializers.Serializer):
    subject = Text(200, required=False)
    text = serializers.CharField(required=False, max_length=20_000)


class ApproveEntry(Versioned):
    drafts = WordsEntry(many=True, required=False, help_text="Other words, one for each draft in its order.")


class DeclineEntry(Versioned):
    reason = Text(500, required=True)


@extend_schema(tags=["approvals"])
@extend_schema_view(
    list=extend_schema(summary="List approvals", description="Mails of plays that asked, those decided among them."),
    retrieve=extend_schema(summary="Read an approval"),
)
class ApprovalResource(Readable):
    noun = "approval"
    queryset = RunStep.objects.filter(kind="email", did__has_key="drafts")
    filterset_class = ApprovalFilters
    shape = ApprovalShape
    columns = ("id", "run_id", "run__play__code", "run__account_id", "state", "did", "error", "at", "version")
    entries = {"approve": ApproveEntry, "decline": DeclineEntry}
    permissions = {
        "list": Permission.PLAY_VIEW,
        "retrieve": Permission.PLAY_VIEW,
        "approve": Permission.PLAY_VIEW,
        "decline": Permission.PLAY_VIEW,
    }

    @extend_schema(
        summary="Approve a mail",
        description="It leaves within seconds, or when the play’s quiet hours are over; then the run goes on.",
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        said = self.said()
        step, version = self._step(pk), self.version(said)
        approvals.approve(step, by=self.by, at=timezone.now(), edits=said.get("drafts"), version=version)
        return self.answer(step.pk)

    @extend_schema(summary="Decline a mail, for a reason")
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        said = self.said()
        step, version = self._step(pk), self.version(said)
        approvals.decline(step, by=self.by, reason=said["reason"], at=timezone.now(), version=version)
        return self.answer(step.pk)

    def _step(self, pk: str) -> RunStep:
        """One that the key's person may decide: their own account's, or any where they may edit plays."""
        step: RunStep = self.found(pk=int(pk))
        member = Membership.objects.here().active().filter(user=self.by).first()
        if member is None or not approvals.may_decide(step, member):
            raise PermissionDenied("Only the account's CSM or somebody who may edit plays can decide this.")
        return step
