"""Where the mail server is spoken to over TLS, its certificate must be good: else anybody could read along."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from monitoring.escalation.channels import courier
from monitoring.escalation.channels.contract import NotSent
from tests.escalation.delivery.conftest import Environment
from tests.escalation.delivery.providers import mail_server
from tests.escalation.delivery.test_channels import MESSAGE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate")
    made = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made / "key.pem", "-out", made / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    both = made / "both.pem"
    both.write_bytes((made / "key.pem").read_bytes() + (made / "certificate.pem").read_bytes())
    return both


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def send() -> None:
    courier.send("email", MESSAGE, "alice@hospital.example", until=time.monotonic() + 10)


@pytest.mark.parametrize(("scheme", "option"), [("smtps", "ssl_context"), ("smtp+tls", "tls_context")])
class TestMailOverTLS:
    def test_goes_where_the_certificate_is_trusted(
        self, environment: Environment, certificate: Path, context: ssl.SSLContext, scheme: str, option: str
    ) -> None:
        with mail_server(**{option: context}) as server:
            environment(EMAIL_URL=f"{scheme}://127.0.0.1:{server.port}", SSL_CERT_FILE=str(certificate))
            send()
            assert len(server.mails) == 1

    def test_goes_nowhere_else(
        self, environment: Environment, context: ssl.SSLContext, scheme: str, option: str
    ) -> None:
        with mail_server(**{option: context}) as server:
            environment(EMAIL_URL=f"{scheme}://127.0.0.1:{server.port}")
            with pytest.raises(NotSent, match="SSLCertVerificationError") as failure:
                send()
            assert not failure.value.permanent
            assert server.mails == []

    def test_is_not_sent_in_the_clear_instead(self, environment: Environment, scheme: str, option: str) -> None:
        with mail_server() as server:
            environment(EMAIL_URL=f"{scheme}://127.0.0.1:{server.port}")
            with pytest.raises(NotSent):
                send()
            assert server.mails == []
