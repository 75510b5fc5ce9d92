from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings as SettingsFixture

from monitoring.audit.models import AuditEntry
from monitoring.demo.people import PASSWORD, STAFF
from wards.models import Staff, Ward

pytestmark = pytest.mark.django_db


def test_the_command_loads_it_and_prints_every_account() -> None:
    out = StringIO()
    call_command("demo", stdout=out)
    assert Ward.objects.count() == 2
    assert AuditEntry.objects.filter(action="demo.loaded").count() == 1
    for said in (PASSWORD, *(person.username for person in STAFF)):
        assert said in out.getvalue()


def test_the_accounts_alone_are_printed_without_loading_anything() -> None:
    out = StringIO()
    call_command("demo", "--accounts", stdout=out)
    assert PASSWORD in out.getvalue()
    assert not Ward.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("--play",), ("--accounts",)])
def test_a_database_that_make_run_did_not_make_is_refused(
    arguments: tuple[str, ...], settings: SettingsFixture
) -> None:
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="only into the database of `make run`") as refused:
        call_command("demo", *arguments)
    assert refused.value.returncode == 2
    assert not Ward.objects.exists()
    assert not Staff.objects.exists()
