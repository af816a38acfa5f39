"""The only door to other systems: where it leads, how long it waits, and what it says of itself."""

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from standardwebhooks import Webhook

from blueprints import sending
from blueprints.actions import endpoints

# Where an address may lead that looks harmless, or not even that.
INSIDE = [
    "https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://a.localhost/", "https://127.0.0.1/",
    "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://0/", "https://0.0.0.0/", "https://127.127.127.127/",
    "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/", "https://[0:0:0:0:0:ffff:7f00:1]/", "https://[fe80::1]/", "https://[fc00::1]/",
    "https://[fd00:ec2::254]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/",
    "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest/",
    "https://metadata.google.internal/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/",
    "https://100.64.0.1/", "https://192.0.0.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://255.255.255.255/",
    "https://240.0.0.1/", "https://192.88.99.1/", "https://printer.local/", "https://wiki.corp/", "https://intranet/",
]  # fmt: skip
MALFORMED = [
    "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/",
    "javascript:alert(1)", "//hooks.example.com/", "hooks.example.com", "", "https://", "https:///x",
    "https://user@hooks.example.com/", "https://user:secret@hooks.example.com/", "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com:22/", "https://hooks.example.com:80/", "https://hooks.example.com:6379/",
    "https://hooks.example.com:99999/", "https://hooks.example.com:x/", "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com /", "https://hooks.example.com/\r\nHost: x", "https://hooks.example.com\t/",
    "https://ⓛocalhost/", "https://127。0。0。1/", "https://hooks..example.com/", "https://[::1/", "https://%31%32%37.0.0.1/",
]  # fmt: skip
# What a name server may say, whatever the name.
REBOUND = [
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "0.0.0.0", "100.64.0.1", "::1", "::ffff:127.0.0.1",
    "::127.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "224.0.0.1",
    "::ffff:169.254.169.254", "255.255.255.255",
]  # fmt: skip


@pytest.fixture
def connections(monkeypatch) -> list:
    """Every address that somebody connects to; nobody gets through."""
    seen = []

    def connect(self, address):
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


def resolving_to(monkeypatch, *answers: str) -> list:
    asked = []

    def getaddrinfo(host, port, *args, **kwargs):
        if host[0].isdigit() or ":" in host:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port or 443))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("url", INSIDE + MALFORMED)
def test_no_address_leads_inside(url, connections):
    assert sending.problem_with(url)
    answer = sending.post(url, "{}", {})
    assert not answer.arrived
    assert connections == []


@pytest.mark.parametrize("address", REBOUND)
def test_a_name_that_leads_inside_is_not_connected_to(address, connections, monkeypatch):
    resolving_to(monkeypatch, address)
    answer = sending.post("https://hooks.example.com/in", "{}", {})
    assert answer.error == "The address leads into a private network."
    assert connections == []


def test_a_name_is_asked_once_and_its_answer_kept(connections, monkeypatch):
    """Rebinding: the second answer would lead inside; nobody asks for it."""
    asked = resolving_to(monkeypatch, "93.184.216.34", "127.0.0.1")
    answer = sending.post("https://hooks.example.com/in", "{}", {})
    assert (answer.held_up, len(connections)) == (True, 1)
    assert connections[0][0] == "93.184.216.34"
    assert asked == ["hooks.example.com"]


def test_ports_beside_the_usual_are_refused_and_usual_ones_are_not():
    assert sending.problem_with("https://hooks.example.com:8443/x?y=1") == ""
    assert sending.problem_with("https://hooks.example.com/") == ""
    assert sending.problem_with("https://93.184.216.34/") == ""
    assert sending.problem_with("http://127.0.0.1:9999/") == "The address must begin with https://."


@contextmanager
def receiver(answer):
    """A server on this machine whose answer is `answer(handler)`; yields its address and what came in."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, dict(self.headers), body.decode()))
            answer(self)

        def log_message(self, *args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in", came
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, **headers: str):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.fixture
def loopback(settings):
    settings.OUTBOUND_LOOPBACK = True


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, sending.Answer(200)),
        (204, {}, sending.Answer(204)),
        (302, {"Location": "http://127.0.0.1:1/"}, sending.Answer(302, "It redirects (302), which isn’t followed.")),
        (404, {}, sending.Answer(404, "It answered 404.")),
        (429, {"Retry_After": "120"}, sending.Answer(429, "It answered 429.", True, 120)),
        (503, {"Retry_After": "soon"}, sending.Answer(503, "It answered 503.", True)),
    ],
)
def test_what_the_other_side_says_is_understood(status, headers, expected, loopback):
    with receiver(saying(status, **headers)) as (url, came):
        assert sending.post(url, "{}", {"Content-Type": "application/json"}) == expected
    assert len(came) == 1  # a redirect is not followed


def drip(handler):
    try:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        for number in range(200):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            time.sleep(0.05)
    except OSError:
        return


def flood(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(5_000):
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        return


@pytest.mark.parametrize("answer", [lambda handler: time.sleep(3), drip])
def test_one_that_hangs_or_drips_is_cut_off(answer, loopback):
    began = time.monotonic()
    with receiver(answer) as (url, _):
        assert sending.post(url, "{}", {}, deadline=0.6) == sending.Answer(
            error="No answer within 0.6 seconds.", held_up=True
        )
        assert time.monotonic() - began < 2.5


def test_no_more_is_read_than_fits(loopback):
    with receiver(flood) as (url, _):
        assert sending.post(url, "{}", {}).status == 200


def test_nobody_there_is_an_answer_too(loopback):
    assert sending.post("http://127.0.0.1:1/", "{}", {}).held_up


def test_no_proxy_is_asked(loopback, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    with receiver(saying(200)) as (url, _):
        assert sending.post(url, "{}", {}).arrived


def test_a_signature_is_checked_by_the_standard():
    secret = endpoints.fresh_secret()
    headers = sending.signed(secret, "an-id", '{"a":1}')
    assert Webhook(secret).verify('{"a":1}', headers) == {"a": 1}
    assert headers["webhook-id"] == "an-id"


def test_a_mail_has_an_id_of_its_own_and_both_forms(settings):
    settings.DEFAULT_FROM_EMAIL = "CSOM <csom@mail.acme.test>"
    for _ in range(2):
        assert sending.mail("kim@x.test", "Hi", "Dear <Kim>", uid="u-1", reply_to="cass@acme.test").arrived
    first, second = mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"] == "<u-1@mail.acme.test>"
    assert (first.to, first.reply_to, first.subject) == (["kim@x.test"], ["cass@acme.test"], "Hi")
    assert first.alternatives[0][0] == "<p>Dear &lt;Kim&gt;</p>"


def test_a_header_is_not_smuggled_in():
    answer = sending.mail("kim@x.test", "Hi\nBcc: all@x.test", "x", uid="u")
    assert answer.error.startswith("BadHeaderError")
    assert mail.outbox == []
