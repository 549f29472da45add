"""Says how much tax there is in a price: PORT=8000 python3 tax.py

    curl -s http://127.0.0.1:8000/taxes -d '{"items":[{"sku":"book-42","totalCents":4998}]}'

The standard library is all it needs. It retries nothing, limits nothing and knows no certificate: its sidecar does.
It keeps nothing either, so that it may be killed at any time. SIGTERM lets it finish what is under way.
"""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STANDARD_RATE = 0.19
# By what an article number begins with.
REDUCED_RATES = {"book-": 0.07}
BODY_BYTES_MAX = 16 * 1024
DRAIN_SECONDS = 5


class BadRequest(Exception):
    """What was sent is no request for the tax of an order."""


def tax_of(order):
    """The tax in the prices of an order, in whole cents: it is rounded for each line, as it stands on an invoice."""
    if not isinstance(order, dict) or not isinstance(order.get("items"), list):
        raise BadRequest("items must be a list")
    return sum(tax_in(item) for item in order["items"])


def tax_in(item):
    """The tax in one line; a price of 119 at 19% has 19 in it."""
    sku = item.get("sku") if isinstance(item, dict) else None
    cents = item.get("totalCents") if isinstance(item, dict) else None
    if not isinstance(sku, str) or not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
        raise BadRequest("each item must have a sku and totalCents, which is a whole number")
    rate = next((rate for start, rate in REDUCED_RATES.items() if sku.startswith(start)), STANDARD_RATE)
    return round(cents * rate / (1 + rate))


class TaxHandler(BaseHTTPRequestHandler):
    """Answers /taxes, and what a supervisor asks."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes, and the second must not wait until the first is acknowledged.
    disable_nagle_algorithm = True
    # A connection on which nothing comes any more is not kept for ever.
    timeout = 60

    def do_GET(self):
        if self.path == "/healthz":
            self.answer(200, {"status": "ok"})
        elif self.path == "/readyz":
            self.answer(*((503, {"status": "draining"}) if self.server.is_draining else (200, {"status": "ok"})))
        else:
            self.refuse(404, "there is nothing here but POST /taxes")

    def do_POST(self):
        with self.server.under_way():
            length = self.headers.get("content-length", "")
            if not length.isdigit():
                self.close_connection = True
                return self.refuse(411, "content-length is missing")
            if int(length) > BODY_BYTES_MAX:
                self.close_connection = True
                return self.refuse(413, f"the body must be at most {BODY_BYTES_MAX} bytes")
            body = self.rfile.read(int(length))
            if self.path != "/taxes":
                return self.refuse(404, "there is nothing here but POST /taxes")
            try:
                self.answer(200, {"taxCents": tax_of(json.loads(body))})
            except ValueError:
                self.refuse(400, "the body must be JSON")
            except BadRequest as error:
                self.refuse(400, str(error))

    def refuse(self, status, detail):
        self.answer(status, {"status": status, "detail": detail}, "application/problem+json")

    def answer(self, status, body, content_type="application/json"):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        if self.server.is_draining or self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Its sidecar counts every request; a line for each would say nothing more."""


class TaxServer(ThreadingHTTPServer):
    """A thread for each connection; its sidecar bounds how many there are."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), TaxHandler)
        self.is_draining = False
        self.requests = 0
        self.changed = threading.Condition()

    def under_way(self):
        return UnderWay(self)

    def drain(self):
        """Takes in no connection any more, and returns when no request is under way."""
        self.is_draining = True
        self.shutdown()
        # Else who connects now would wait for an answer that never comes.
        self.server_close()
        with self.changed:
            self.changed.wait_for(lambda: self.requests == 0, DRAIN_SECONDS)

    def handle_error(self, request, client_address):
        # A caller that has gone is no fault of this process.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class UnderWay:
    """Counts a request from its beginning to its end."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.add(1)

    def __exit__(self, *_):
        self.add(-1)

    def add(self, count):
        with self.server.changed:
            self.server.requests += count
            self.server.changed.notify_all()


def main():
    port = os.environ.get("PORT", "")
    if not port.isdigit():
        sys.exit(f"cannot start tax: PORT must be a port, got {port!r}")
    try:
        server = TaxServer(int(port))
    except OSError as error:
        sys.exit(f"cannot start tax: port {port}: {error.strerror}")
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    serving.start()
    stopped.wait()
    server.drain()


if __name__ == "__main__":
    main()
