"""`mailbot login`: what the admin of the provider must run, and somebody's sign-in where the config asks for one."""

from __future__ import annotations

from collections.abc import Callable

from mailbot.adapters.oauth.assertions import service_account_in
from mailbot.adapters.oauth.kept import keep_token
from mailbot.adapters.oauth.sign_in import Shown, by_browser, by_device
from mailbot.app.servers import mailbox_of, submitter_of
from mailbot.app.tokens import tokens_of
from mailbot.config import Config, InboxConfig
from mailbot.config.server import Server
from mailbot.errors import ConfigError, MailbotError, SignInDown, SignInRefused

SMTP = "smtp"


def server_called(config: Config, name: str) -> tuple[Server, str]:
    """An inbox by its name, or `smtp`, with the mailbox that it logs in to. Raises ConfigError."""
    inbox = next((each for each in config.inboxes if each.name == name), None)
    if inbox is not None:
        return inbox, inbox.login
    if name == SMTP:
        return config.smtp, config.smtp.username or ""
    known = ", ".join([*(each.name for each in config.inboxes), SMTP])
    raise ConfigError([f'there is no inbox "{name}"; there are: {known}'])


def to_be_run(server: Server, mailbox: str) -> list[str]:
    """What somebody who may administer the provider does once, with our own values filled in. Raises ConfigError."""
    if server.service_account_file is not None:
        account = service_account_in(server.service_account_file)
        return [
            "In the Google Admin console: Security, Access and data control, API controls, Manage domain-wide delegation,",
            "Add new:",
            "",
            f"  Client ID:     {account.client_id or '(the numeric client_id of ' + account.email + ')'}",
            f"  OAuth scopes:  {server.token_scope}",
            "",
            f"IMAP must be on for {mailbox} (Apps, Google Workspace, Gmail, End user access).",
        ]
    if server.provider != "m365" or server.refresh_token_file is not None:
        return []
    tenant, app = server.tenant or "TENANT", server.client_id or "CLIENT_ID"
    proof = "Certificates & secrets: the certificate" if server.certificate_file else "Certificates & secrets: a secret"
    return [
        "In the Entra admin center, on the page of the app " + app + ":",
        "",
        "  API permissions, Office 365 Exchange Online, Application permissions: IMAP.AccessAsApp and SMTP.SendAsApp;",
        "  then Grant admin consent",
        f"  {proof}",
        "",
        "In PowerShell, with the Object ID that stands under Enterprise applications (not under App registrations):",
        "",
        "  Install-Module ExchangeOnlineManagement",
        f"  Connect-ExchangeOnline -Organization {tenant}",
        f'  New-ServicePrincipal -AppId {app} -ObjectId OBJECT_ID -DisplayName "mailbot"',
        f"  Add-MailboxPermission -Identity {mailbox} -User OBJECT_ID -AccessRights FullAccess",
        f"  Add-RecipientPermission -Identity {mailbox} -Trustee OBJECT_ID -AccessRights SendAs",
        f"  Set-CASMailbox -Identity {mailbox} -ImapEnabled $true -SmtpClientAuthenticationDisabled $false",
        "",
        "It may take half an hour until these count.",
    ]


def sign_in(server: Server, mailbox: str, *, show: Callable[[Shown], None], paste: Callable[[str], str]) -> bool:
    """Have somebody sign in, and keep what they were given; False where the config asks for no sign-in.

    Raises ConfigError, SignInDown, SignInRefused.
    """
    path = server.refresh_token_file
    if path is None:
        return False
    client_id = server.client_id or ""
    if server.sign_in_page:
        secret = server.client_secret()
        token = by_browser(
            server.token_endpoint,
            server.sign_in_page,
            client_id,
            secret,
            server.token_scope,
            hint=mailbox,
            paste=paste,
        )
    else:
        token = by_device(server.token_endpoint, server.device_endpoint, client_id, server.token_scope, show=show)
    assert token.refresh is not None
    try:
        keep_token(path, token.refresh)
    except OSError as error:
        raise ConfigError([f"refresh_token_file: {path}: {error.strerror}"]) from None
    return True


async def tried(config: Config, server: Server, mailbox: str) -> tuple[str, str | None]:
    """What was tried at last, and what is wrong with it: a token, then the login itself."""
    tokens = tokens_of(server, mailbox)
    if tokens is not None:
        try:
            tokens.token()
        except (SignInDown, SignInRefused) as error:
            return "a token", str(error)
    if isinstance(server, InboxConfig):
        box = mailbox_of(server, keyword=None)
        try:
            box.open()
        except MailbotError as error:
            return "the login", str(error)
        finally:
            box.close()
        return "the login", None
    submitter = submitter_of(config)
    try:
        return "the login", await submitter.probe()
    finally:
        await submitter.close()
