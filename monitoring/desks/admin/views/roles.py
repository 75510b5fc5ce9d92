"""Roles given and taken: on wards of one's own, to anybody but oneself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.admin.views.staff import my_wards
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.due.clock import now
from monitoring.identity.models import ClaimedRole
from wards.access import May, require, ward_or_404
from wards.left_behind import left_behind
from wards.models import Membership, Role
from wards.roles import give_role, require_anothers, take_role
from wards.staff_forms import ColleagueForm, GiveRoleForm, LeavingForm
from wards.staff_queries import person_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def give(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A role on one of the administrator's wards."""
    person = person_or_404(request.user, public_id)
    require_anothers(person, by=request.user)
    form = GiveRoleForm(sent(request), wards=my_wards(request))

    def given() -> Membership:
        said = form.cleaned_data
        return give_role(person, by=request.user, ward=said["ward"], role=said["role"], reason=said["reason"])

    if request.method == "POST" and (membership := saved(form, given)) is not None:
        messages.success(request, _given(membership))
        return redirect("staff-person", person.public_id)
    context = {"person": person, "form": form, "problems": problems(form)}
    return render(request, "admin/staff_role_give.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def take(request: SignedInRequest, public_id: UUID, code: str, name: str) -> HttpResponse:
    """A role taken away, once it was read what is left behind."""
    person, ward = person_or_404(request.user, public_id), ward_or_404(request.user, code)
    require(request.user, May.MANAGE_STAFF, ward)
    require_anothers(person, by=request.user)
    if name not in Role.values:
        raise Http404("No such role.")
    role = Role(name)
    form = LeavingForm(sent(request))

    def taken() -> tuple[bool]:
        said = form.cleaned_data
        return (take_role(person, by=request.user, ward=ward, role=role, reason=said["reason"], anyway=said["anyway"]),)

    words = {"who": person, "role": role.label, "ward": ward}
    if request.method == "POST" and (answer := saved(form, taken)) is not None:
        if answer == (True,):
            messages.success(request, _("%(who)s is %(role)s on %(ward)s no more.") % words)
        else:
            messages.info(request, _("Somebody was faster: %(who)s was %(role)s on %(ward)s no more.") % words)
        return redirect("staff")
    held = frozenset(Role(one.role) for one in person.memberships.all() if one.ward_id == ward.pk)
    if role not in held and not form.is_bound:
        raise Http404("They do not have this role.")
    context = {
        "person": person,
        "ward": ward,
        "role": role.label,
        "claimed": ClaimedRole.objects.filter(
            membership__staff=person, membership__ward=ward, membership__role=role
        ).exists(),
        "losses": left_behind(person, ward, keeps=held - {role}, at=now()) if person.is_active else [],
        "form": form,
        "problems": problems(form),
    }
    return render(request, "admin/staff_role_take.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def colleague(request: SignedInRequest, code: str) -> HttpResponse:
    """A role here for somebody of other wards, whom one must know by the name that they sign in with."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_STAFF, ward)
    form = ColleagueForm(sent(request))

    def given() -> Membership:
        said = form.cleaned_data
        assert form.staff is not None
        return give_role(form.staff, by=request.user, ward=ward, role=said["role"], reason=said["reason"])

    if request.method == "POST" and (membership := saved(form, given)) is not None:
        messages.success(request, _given(membership))
        return redirect("staff-person", membership.staff.public_id)
    context = {"ward": ward, "form": form, "problems": problems(form)}
    return render(request, "admin/ward_colleague.html", context, status=status_of(form))


def _given(membership: Membership) -> str:
    words = {"who": membership.staff, "role": Role(membership.role).label, "ward": membership.ward}
    return _("%(who)s is %(role)s on %(ward)s from now on.") % words
