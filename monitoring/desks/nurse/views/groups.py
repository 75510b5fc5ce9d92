"""People who are called together by a name of the ward's own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.nurse.rota_forms import GroupForm
from wards import rota as actions
from wards.access import May, may, require, ward_or_404


@require_safe
@login_required
@never_cache
def groups(request: SignedInRequest, code: str) -> HttpResponse:
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_ROTA, ward)
    rows = ward.groups.prefetch_related("members").order_by("name")
    context = {"ward": ward, "groups": rows, "may_edit": may(request.user, May.EDIT_ROTA, ward)}
    return render(request, "nurse/groups.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, code: str, public_id: UUID | None = None) -> HttpResponse:
    """A new group, or with `public_id` one that there is."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_ROTA, ward)
    group = None if public_id is None else ward.groups.filter(public_id=public_id).first()
    if group is None and public_id is not None:
        raise Http404("No such group on this ward.")
    form = GroupForm(sent(request), ward=ward, group=group)
    if request.method == "POST":
        stored = saved(
            form,
            lambda: actions.save_group(
                by=request.user,
                ward=ward,
                name=form.cleaned_data["name"],
                members=form.cleaned_data["members"],
                group=group,
            ),
        )
        if stored is not None:
            words = _("The group “%(name)s” is saved. Who is in it is called from now on.")
            messages.success(request, words % {"name": stored.name})
            return redirect("groups", ward.code)
    context = {"ward": ward, "group": group, "form": form, "problems": problems(form)}
    return render(request, "nurse/group_form.html", context, status=status_of(form))
