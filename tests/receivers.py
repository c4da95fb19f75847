"""Receivers that are really there: an HTTP and an SMTP server on this machine."""

import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Receiver:
    """What arrived, in order, and with which status to answer next."""

    def __init__(self) -> None:
        self.arrived: list[dict[str, Any]] = []
        self.status = 200
        self.address = ""


@pytest.fixture
def web() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if found.status == 200:
                found.arrived.append(json.loads(body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        found.address = f"json://127.0.0.1:{server.server_port}/hooks/s3cr3t-path"
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def mail() -> Iterator[Receiver]:
    found = Receiver()

    class Handler:
        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
            message = message_from_bytes(envelope.content)
            parts = [part for part in message.walk() if not part.is_multipart()]
            text = parts[0].get_payload(decode=True).decode()  # type: ignore[union-attr]
            found.arrived.append(
                {"to": envelope.rcpt_tos, "title": message["Subject"], "text": text}
            )
            return "250 taken"

    # The controller tries its own port out, so it must be told a number.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        to = "from=kit@example.org&to=team@example.org"
        found.address = f"mailto://127.0.0.1:{port}?{to}&mode=insecure&format=text"
        yield found
    finally:
        controller.stop()
