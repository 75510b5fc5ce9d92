"""The audit log taken out of the house: asked for with a reason, written down, and only then sent."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.admin.audit_export import TYPES, exported, file_name, note_export
from monitoring.desks.admin.audit_forms import AuditFilterForm, ExportForm
from monitoring.desks.admin.audit_known import people_of
from monitoring.desks.admin.audit_queries import all_of
from monitoring.desks.admin.audit_reach import reach_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from wards.access import May


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def export(request: SignedInRequest) -> HttpResponseBase:
    """What the address asks for, as the audit page does. The file is made while it is sent."""
    reach = reach_of(request, May.EXPORT_AUDIT)
    filters = AuditFilterForm(request.GET, reach=reach, people=people_of(reach))
    if not filters.is_valid():
        return redirect(f"{reverse('audit')}?{request.GET.urlencode()}")
    asked, form = filters.asked, ExportForm(sent(request))
    if request.method == "POST" and saved(form, lambda: _noted(form, request, filters)):
        how = form.cleaned_data["form"]
        response = StreamingHttpResponse(exported(all_of(asked, reach), how), content_type=TYPES[how])
        response["Content-Disposition"] = f'attachment; filename="{file_name(how, visit_of(request).at)}"'
        return response
    context = {
        "form": form,
        "problems": problems(form),
        "said": filters.said,
        "patient": filters.whom,
        "asked": asked,
        "ward": reach.wards[0],
    }
    return render(request, "admin/audit_export.html", context, status=status_of(form))


def _noted(form: ExportForm, request: SignedInRequest, filters: AuditFilterForm) -> bool:
    said = form.cleaned_data
    note_export(filters.asked, by=request.user, form=said["form"], reason=said["why"])
    return True
