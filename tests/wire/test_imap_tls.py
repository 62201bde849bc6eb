"""ImapMailbox and certificates: verified by default, whoever serves."""

import pytest

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.demo.servers import EmbeddedServers
from mailbot.errors import MailboxRefused
from tests.servers.mailstack import PASSWORD
from tests.wire.proxy import proxy

USER = "support@desk.example"


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedServers({USER: PASSWORD}, tls=True).run_in_thread() as servers:
        yield servers


@pytest.fixture(params=["pymap", "dovecot"])
def served(request, tmp_path):
    """Ports and the certificate to trust: {"starttls": port, "tls": port}, CA file."""
    if request.param == "dovecot":
        stack = request.getfixturevalue("mailstack")
        return {"starttls": stack.imap, "tls": stack.imaps}, stack.ca_file
    servers = request.getfixturevalue("embedded")
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(servers.ca_pem)
    return {"starttls": servers.imap_port, "tls": servers.imaps_port}, str(ca_file)


@pytest.fixture
def mailbox(served):
    made = []

    def make(security, ca_file, host="localhost", port=None):
        made.append(
            ImapMailbox(
                name="x",
                host=host,
                port=port or served[0][security],
                security=security,
                username=USER,
                password=lambda: PASSWORD,
                ca_file=ca_file,
                read_timeout=10,
            )
        )
        return made[-1]

    yield make
    for box in made:
        box.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_trusted_certificate(served, mailbox, security):
    box = mailbox(security, served[1])
    state = box.open()
    assert box._client.socket().version().startswith("TLS")
    assert box.uids_from(state.uidnext) == []
    box.wait(0.1)
    box.uids_from(state.uidnext)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_from_another_authority_is_refused(mailbox, security):
    with pytest.raises(MailboxRefused, match=r"certificate is not trusted: .+; .* name its file as ca_file"):
        mailbox(security, None).open()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_for_another_host_is_refused(served, mailbox, security):
    with (
        proxy("127.0.0.1", served[0][security], bind="127.0.0.2") as between,
        pytest.raises(MailboxRefused, match=r"certificate is not trusted: .+; name the server as its certificate does"),
    ):
        mailbox(security, served[1], host="127.0.0.2", port=between.port).open()
