"""Teams and who manages them: «own, team's, all» is read from here."""

from __future__ import annotations

from django.db import connection, models

from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet

# A team counts with all teams below it, so a director's «team» is the whole branch.
COLLEAGUES = """
WITH RECURSIVE branch(id) AS (
    SELECT t.id FROM accounts_team t
    WHERE t.tenant_id = current_setting('app.tenant_id')::bigint AND (t.manager_id = %(user)s OR EXISTS (
        SELECT 1 FROM accounts_teammember m WHERE m.team_id = t.id AND m.member_id = %(user)s))
    UNION
    SELECT t.id FROM accounts_team t JOIN branch b ON t.parent_id = b.id
)
SELECT m.member_id FROM accounts_teammember m JOIN branch b ON b.id = m.team_id
UNION SELECT t.manager_id FROM accounts_team t JOIN branch b ON b.id = t.id WHERE t.manager_id IS NOT NULL
UNION SELECT %(user)s
"""


class TeamQuerySet(TenantQuerySet["Team"]):
    def colleagues_of(self, user_id: int) -> list[int]:
        """Ids of the people in this person's teams and the teams below, the person included."""
        with connection.cursor() as cursor:
            cursor.execute(COLLEAGUES, {"user": user_id})
            return [row[0] for row in cursor.fetchall()]


class Team(TenantModel):
    name = models.CharField(max_length=80)
    manager = MemberForeignKey(null=True, blank=True, related_name="+")
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children")

    objects = TenantManager.from_queryset(TeamQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="accounts_team_name_once",
                violation_error_message="There is a team of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    team = TenantForeignKey(Team, models.CASCADE, related_name="members")
    member = MemberForeignKey(related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "member"],
                name="accounts_teammember_once",
                violation_error_message="This person is in a team already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.team}"
