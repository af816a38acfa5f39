"""The refused rows as a file: as they were sent, each with its reason, to be mended and sent again."""

from __future__ import annotations

from django.http import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts import exports
from accounts.access import MemberRequest, requires
from accounts.imports.actions import imports
from accounts.imports.views.course import forgotten
from accounts.imports.views.frame import job_or_404
from accounts.roles import Permission


@require_GET
@requires(Permission.DATA_IMPORT)
def import_refused(request: MemberRequest, pk: int) -> HttpResponseBase:
    job = job_or_404(pk)
    if job.forgotten_at is not None:
        return forgotten(request, job)
    head, rows = imports.refused_rows(job)
    response = StreamingHttpResponse(exports.as_csv(head, rows), content_type="text/csv; charset=utf-8")
    stem = job.name.rpartition(".")[0] or job.name
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in stem)
    response["Content-Disposition"] = f'attachment; filename="{plain[:80]}-refused.csv"'
    response["Cache-Control"] = "no-store"
    return response
