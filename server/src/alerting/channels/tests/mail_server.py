"""A mail server with the faults that a test asks for.

The first argument is JSON:
  cert, key   paths: the server offers STARTTLS, and takes nothing without it
  user, password
              whoever does not sign in with these is refused
  recipients  {address: [answer, ...]}: what RCPT is answered with, one after the other, then 250;
              null is 250
  data        [answer, ...]: likewise to the end of DATA; "lost" keeps the mail and drops the connection

Prints its port. For each line on stdin prints, as JSON, what it took since the last one.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

ORDERS = json.loads(sys.argv[1])
TAKEN = []


def next_of(answers):
    return answers.pop(0) if answers else None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = next_of(ORDERS.get("recipients", {}).get(address, []))
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = next_of(ORDERS.get("data", []))
        if answer is None or answer == "lost":
            TAKEN.append(shown(session, envelope))
        if answer == "lost":
            server.transport.abort()
            return "250 nobody hears this"
        return answer or "250 OK"


def shown(session, envelope):
    content = envelope.original_content
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "encrypted": session.ssl is not None,
        "signed_in": bool(session.authenticated),
        "headers": [[name, str(value)] for name, value in mail.items()],
        "types": [part.get_content_type() for part in mail.walk()],
        "text": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "longest_line": max(len(line) for line in content.split(b"\r\n")),
        "is_ascii": content.isascii(),
        "bare_line_breaks": content.replace(b"\r\n", b"").count(b"\n"),
    }


def authenticate(server, session, envelope, mechanism, data):
    expected = (ORDERS["user"].encode(), ORDERS["password"].encode())
    # Not "handled": the server is to answer by itself.
    return AuthResult(success=(data.login, data.password) == expected, handled=False)


def protocol():
    options = {}
    if "cert" in ORDERS:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ORDERS["cert"], ORDERS["key"])
        options.update(tls_context=context, require_starttls=True)
    if "user" in ORDERS:
        required = "cert" in ORDERS
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=required)
    return SMTP(Handler(), hostname="mail.test", **options)


async def main():
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(TAKEN), flush=True)
        TAKEN.clear()


asyncio.run(main())
