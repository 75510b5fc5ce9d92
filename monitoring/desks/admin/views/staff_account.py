"""Whether somebody can sign in: a link for a password, the second factor, the account closed and opened again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.admin.accounts import close_account, link_for, new_start, waits_for_code
from monitoring.desks.admin.staff_rows import by_the_provider, with_second_factor
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.due.clock import now
from monitoring.identity import pending
from monitoring.identity.enrolment import GOOD_FOR as CODE_GOOD_FOR
from monitoring.identity.enrolment import waits_for_factor
from monitoring.identity.models import SignedIn
from wards.access import May, wards_where
from wards.invitations import GOOD_FOR, invited, set_password
from wards.left_behind import left_behind
from wards.models import Staff, Ward
from wards.staff_actions import reopen_staff, require_account
from wards.staff_forms import LeavingForm, NewPasswordForm, ReasonForm
from wards.staff_queries import person_or_404

TOKEN = "invitation"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def link(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A link by which the person sets a password. It is shown on the answer to the form alone, and kept nowhere."""
    person = _theirs(request, public_id)
    is_first = not person.has_usable_password() and person.last_login is None
    form = ReasonForm(sent(request), initial={"reason": _("New account.")} if is_first else {})
    token = None
    if request.method == "POST":
        token = saved(form, lambda: link_for(person, by=request.user, reason=form.cleaned_data["reason"]))
    context = {
        "person": person,
        "form": form,
        "problems": problems(form),
        "link": "" if token is None else settings.BASE_URL + reverse("welcome", args=[token]),
        "until": now() + GOOD_FOR,
        "ward": _first_ward(request),
        "has_password": person.has_usable_password(),
        "by_the_provider": bool(by_the_provider([person])),
    }
    return render(request, "admin/staff_link.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def factor(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take away a second factor that is lost, and hand over the code for another. It is shown on the answer alone."""
    person = _theirs(request, public_id)
    form = ReasonForm(sent(request))
    code = None
    if request.method == "POST":
        code = saved(form, lambda: new_start(person, by=request.user, reason=form.cleaned_data["reason"]))
    if code == "":
        words = _("The second factor of %(who)s is gone. They can set up another one when they have signed in.")
        messages.success(request, words % {"who": person})
        return redirect("staff-person", person.public_id)
    context = {
        "person": person,
        "form": form,
        "problems": problems(form),
        "there": with_second_factor([person]),
        "waits": waits_for_code(person),
        "code": code,
        "until": now() + CODE_GOOD_FOR,
        "ward": _first_ward(request),
    }
    return render(request, "admin/staff_factor.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Close an account at once, once it was read what is left behind."""
    person = _theirs(request, public_id)
    form = LeavingForm(sent(request))

    def closed() -> Staff:
        said = form.cleaned_data
        return close_account(person, by=request.user, reason=said["reason"], anyway=said["anyway"])

    if request.method == "POST" and saved(form, closed) is not None:
        words = _("The account of %(who)s is closed. They are signed out everywhere, and no alert calls them.")
        messages.success(request, words % {"who": person})
        return redirect("staff-person", person.public_id)
    at = now()
    wards = Ward.objects.filter(memberships__staff=person).distinct()
    losses = [words for ward in wards for words in left_behind(person, ward, keeps=(), at=at)]
    context = {"person": person, "form": form, "problems": problems(form), "losses": losses}
    return render(request, "admin/staff_close.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Open a closed account again; then the link by which the person sets a password."""
    person = _theirs(request, public_id)
    form = ReasonForm(sent(request))

    def opened() -> Staff:
        return reopen_staff(person, by=request.user, reason=form.cleaned_data["reason"])

    if request.method == "POST" and saved(form, opened) is not None:
        words = _("The account of %(who)s is open again, with the roles it had. It has no password: make the link.")
        messages.success(request, words % {"who": person})
        return redirect("staff-link", person.public_id)
    context = {"person": person, "form": form, "problems": problems(form)}
    return render(request, "admin/staff_reopen.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD"])
@login_not_required  # whoever opens it cannot sign in yet
@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The link: its token goes from the address into the session, so that no history and no log keeps it longer."""
    request.session[TOKEN] = token if invited(token) is not None else ""
    return redirect("welcome-password")


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def welcome_password(request: HttpRequest) -> HttpResponse:
    """Set a password of one's own. It signs nobody in: that is the next page, and asks for all that it always asks.

    Whoever needs a second factor and has none sets it up now: who has the link need show nothing else.
    """
    token = request.session.get(TOKEN, "")
    person = invited(token)
    if person is None or request.user.is_authenticated:
        over = {"signed_in": person is not None, "person": person}
        return render(request, "admin/welcome_over.html", over, status=200 if person is not None else 410)
    form = NewPasswordForm(sent(request))
    new = saved(form, lambda: set_password(token, form.cleaned_data["password"])) if form.is_bound else None
    if new is not None:
        request.session.flush()
        if waits_for_factor(new):
            pending.hold(request, new, how=SignedIn.How.PASSWORD, way=reverse("home"), may_enrol=True)
            return redirect("sign-in-enrol")
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("sign-in")
    context = {"person": person, "form": form, "problems": problems(form)}
    return render(request, "admin/welcome.html", context, status=status_of(form))


def _theirs(request: SignedInRequest, public_id: UUID) -> Staff:
    """Somebody whose account the administrator answers for."""
    person = person_or_404(request.user, public_id)
    require_account(person, by=request.user)
    return person


def _first_ward(request: SignedInRequest) -> Ward:
    """Whose clock the administrator reads."""
    return wards_where(request.user, May.MANAGE_STAFF).order_by("code")[0]
