"""Receivers that know nothing of this project: a mail server, a webhook that checks its signature, a syslog server. One JSON line for each thing received."""
import asyncio
import hashlib
import hmac
import json
import ssl
import sys


def say(**what):
    print(json.dumps(what), flush=True)


async def smtp(port):
    from aiosmtpd.controller import Controller
    import email

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            mail = email.message_from_bytes(envelope.content)
            say(to=envelope.rcpt_tos, subject=str(email.header.make_header(email.header.decode_header(mail["Subject"]))), key=mail["X-EdgeDcim-Key"], id=mail["Message-ID"], body=mail.get_payload(decode=True).decode())
            return "250 taken"

    Controller(Handler(), hostname="127.0.0.1", port=port).start()
    say(ready=True)
    await asyncio.Event().wait()


async def webhook(port, secret):
    async def serve(reader, writer):
        while True:
            line = await reader.readline()
            if not line:
                break
            headers = {}
            while (header := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = header.decode().partition(":")
                headers[name.strip().lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            wanted = "sha256=" + hmac.new(secret.encode(), headers["x-edgedcim-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
            say(key=headers["idempotency-key"], signed=hmac.compare_digest(wanted, headers["x-edgedcim-signature"]), body=json.loads(body))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            await writer.drain()
        writer.close()

    await asyncio.start_server(serve, "127.0.0.1", port)
    say(ready=True)
    await asyncio.Event().wait()


async def syslog(port, certificate=None, key=None):
    async def serve(reader, writer):
        while length := (await reader.readuntil(b" ")).strip():
            say(line=(await reader.readexactly(int(length))).decode())

    async def quiet(reader, writer):
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data, address):
            say(datagram=data.decode())

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    await asyncio.start_server(quiet, "127.0.0.1", port, ssl=context)
    await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", port))
    say(ready=True)
    await asyncio.Event().wait()


asyncio.run({"smtp": smtp, "webhook": webhook, "syslog": syslog}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:]))
