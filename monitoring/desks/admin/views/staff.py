"""The people of one's wards: found, added, looked at, and what is kept about them changed."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.admin.accounts import waits_for_code
from monitoring.desks.admin.staff_rows import people, rows
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.due.clock import now
from wards.access import Forbidden, May, wards_where
from wards.models import Staff, Ward
from wards.staff_actions import add_staff, edit_staff, facts_of, require_account
from wards.staff_forms import AddStaffForm, EditStaffForm, SearchForm
from wards.staff_queries import person_or_404, wards_beyond

ON_A_PAGE = 50


def my_wards(request: SignedInRequest) -> list[Ward]:
    """The wards whose people one manages. Raises Forbidden where there are none."""
    mine = list(wards_where(request.user, May.MANAGE_STAFF).order_by("code"))
    if not mine:
        raise Forbidden(_("Only administrators see who works on their wards."))
    return mine


@require_safe
@login_required
@never_cache
def staff(request: SignedInRequest) -> HttpResponse:
    """Who works on one's wards: their roles, until when, whether they can sign in, and how they are reached."""
    mine, at = my_wards(request), now()
    form = SearchForm(request.GET, wards=mine)
    asked = form.asked()
    page = Paginator(people(request.user, asked, at), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": rows(page.object_list, mine),
        "ward": mine[0],
        "today": at.date(),
        "query": urlencode({name: said for name, said in asked.items() if said}),
        "is_filtered": any(asked.values()),
    }
    return render(request, "admin/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def add(request: SignedInRequest) -> HttpResponse:
    """Somebody new; then the link by which they set a password."""
    mine = my_wards(request)
    form = AddStaffForm(sent(request), wards=mine)

    def added() -> Staff:
        said = form.cleaned_data
        facts = form.facts()
        return add_staff(by=request.user, username=said["username"], facts=facts, ward=said["ward"], role=said["role"])

    if request.method == "POST" and (person := saved(form, added)) is not None:
        words = _("%(who)s has an account. Nobody can sign in with it before a password is set: make the link.")
        messages.success(request, words % {"who": person})
        return redirect("staff-link", person.public_id)
    context = {"form": form, "problems": problems(form)}
    return render(request, "admin/staff_new.html", context, status=status_of(form))


@require_safe
@login_required
@never_cache
def person(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One person: what is kept, which roles they have where, how the account stands, and what can be done about it."""
    mine = my_wards(request)
    found = person_or_404(request.user, public_id)
    [row] = rows([found], mine)
    context = {
        "person": found,
        "row": row,
        "held": found.memberships.filter(ward__in=mine)
        .select_related("ward", "claimed")
        .order_by("ward__code", "role"),
        "is_me": found == request.user,
        "waits_for_code": waits_for_code(found),
        "beyond": wards_beyond(request.user, found),
        "ward": next(iter(row.roles), mine[0]),
        "today": now().date(),
    }
    return render(request, "admin/staff_person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Their name, phone and last day."""
    found = person_or_404(request.user, public_id)
    require_account(found, by=request.user)
    form = EditStaffForm(sent(request), kept=facts_of(found))

    def kept() -> Staff:
        return edit_staff(found, by=request.user, facts=form.facts(), seen=form.seen())

    if request.method == "POST" and saved(form, kept) is not None:
        messages.success(request, _("Saved."))
        return redirect("staff-person", found.public_id)
    if form.is_bound:  # refused: somebody may have changed it meanwhile
        found.refresh_from_db()
    context = {"person": found, "kept": facts_of(found), "form": form, "problems": problems(form)}
    return render(request, "admin/staff_edit.html", context, status=status_of(form))
