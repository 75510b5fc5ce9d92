"""How one is reached: one's own contacts, and a ward's phone and site number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.desks.common.contact_forms import ContactForm, WardContactForm
from monitoring.desks.common.reach import next_duty, ways
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.due.clock import now
from monitoring.escalation import contacts
from monitoring.escalation.channels import offered
from monitoring.escalation.models import Contact
from wards.access import May, require, ward_or_404, wards_of, wards_where
from wards.models import Ward

TESTED = lazy("A test is on its way. Look whether it arrives: here it says only how far we know.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def channels(request: SignedInRequest) -> HttpResponse:
    """The person's own; for htmx the list alone, which changes while a test is sent."""
    form = ContactForm(sent(request))

    def added() -> Contact:
        return contacts.add_contact(by=request.user, staff=request.user, **form.cleaned_data)

    if request.method == "POST" and saved(form, added) is not None:
        messages.success(request, _("Added. Send yourself a test, so that you know that it works."))
        return redirect("channels")
    at = now()
    mine = ways(contacts.contacts_of(request.user))
    context = {
        "ways": mine,
        "duty": next_duty(request.user, at),
        "is_reachable": any(way.works for way in mine),
        "ward": wards_of(request.user).first() or Ward(),
        "leads": wards_where(request.user, May.EDIT_WARD_CONTACTS),
    }
    return page(request, "channels", form, context | {"now": at})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ward_contacts(request: SignedInRequest, code: str) -> HttpResponse:
    """The ward's phone or bleep, and the site's number: recipients of their own."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_WARD_CONTACTS, ward)
    form = WardContactForm(sent(request))

    def added() -> Contact:
        return contacts.add_contact(by=request.user, ward=ward, **form.cleaned_data)

    if request.method == "POST" and saved(form, added) is not None:
        messages.success(request, _("Added. Send it a test, so that you know that it works."))
        return redirect("ward-contacts", ward.code)
    shown = ways(contacts.contacts_of_ward(ward))
    working = {way.contact.purpose for way in shown if way.works}
    missing = [purpose.label for purpose in Contact.Purpose if purpose not in working]
    return page(request, "ward_contacts", form, {"ward": ward, "ways": shown, "missing": missing, "now": now()})


def page(request: SignedInRequest, name: str, form: ContactForm, context: dict[str, Any]) -> HttpResponse:
    """The whole page with its form, or for htmx the part that changes."""
    context |= {"form": form, "problems": problems(form), "offered": offered(), "part": f"common/_{name}.html"}
    template = context["part"] if request.htmx else f"common/{name}.html"
    return render(request, template, context, status=status_of(form))


@require_POST
@login_required
def remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    contact = contact_or_404(request, public_id)
    contacts.remove_contact(contact, by=request.user)
    messages.success(request, _("Removed: nothing is sent there any more."))
    return back(contact)


@require_POST
@login_required
def test(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """On the way that an alert goes."""
    contact = contact_or_404(request, public_id)
    try:
        contacts.send_test(contact, by=request.user)
    except ValidationError as refused:
        messages.error(request, _("Not sent. %(why)s") % {"why": " ".join(refused.messages)})
    else:
        messages.success(request, TESTED)
    return back(contact)


def contact_or_404(request: SignedInRequest, public_id: UUID) -> Contact:
    """One's own, or one of a ward of one's own: whether one may touch that is for the action to say."""
    contact = Contact.objects.filter(public_id=public_id, removed_at__isnull=True).select_related("ward").first()
    if contact is None or not (contact.staff_id == request.user.pk or contact.ward in wards_of(request.user)):
        raise Http404("No such contact.")
    return contact


def back(contact: Contact) -> HttpResponse:
    return redirect("channels") if contact.ward is None else redirect("ward-contacts", contact.ward.code)
