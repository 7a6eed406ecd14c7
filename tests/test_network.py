"""Proxies and certificates over real sockets: what cannot pass is told at once, and by its name."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luma_cli.api.proxies import mounts_of
from luma_cli.errors import UsageError
from luma_cli.network import is_final, what_happened, what_to_check
from tests.support.fake_proxy import listening, self_signed
from tests.support.program import Program, Result, TestClock

PASSWORD = "p4ss/W0rd+x9=y"
QUOTED = "p4ss%2FW0rd%2Bx9=y"
GET = ("generations", "get", "x")


@pytest.fixture
def online(luma: Program) -> Program:
    """The program with the real network, and an API that only a proxy could reach."""
    luma.transport = None
    luma.environ["LUMA_BASE_URL"] = "https://api.test/v1"
    luma.secrets = [PASSWORD, QUOTED]
    return luma


def answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


def test_a_proxy_that_wants_a_password_is_told_at_once(
    online: Program, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(answer("407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{QUOTED}@127.0.0.1:{proxy.port}")
        result = online(*GET)

    place = f"127.0.0.1:{proxy.port}"
    lines = result.stderr.splitlines()
    assert lines[0] == (
        f"error: the proxy `http://{place}` refused the connection (407):"
        " Proxy Authentication Required"
    )
    assert lines[2] == "hint: put the proxy's user and password into `HTTPS_PROXY`:" + (
        f" `http://<REDACTED>@{place}`"
    )
    assert (result.exit_code, len(lines), clock.sleeps) == (10, 3, [])
    assert [request.split(b" HTTP")[0] for request in proxy.requests] == [b"CONNECT api.test:443"]


def test_a_submission_that_the_proxy_refuses_is_not_repeated_and_certainly_not_accepted(
    online: Program, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(answer("403 Forbidden by policy")) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        result = online("generations", "create", "--prompt", "x")

    assert (result.exit_code, result.stdout, clock.sleeps) == (10, "", [])
    assert "refused the connection (403): Forbidden by policy" in result.stderr
    assert "hint: check `ALL_PROXY`; " in result.stderr
    assert len(proxy.requests) == 1


def test_a_proxy_with_trouble_is_asked_again(
    online: Program, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(answer("502 Bad Gateway")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        result = online(*GET, "--max-retries", "2")

    assert (result.exit_code, len(clock.sleeps), len(proxy.requests)) == (10, 2, 3)


def test_a_proxy_that_is_not_there_is_named_without_its_password(
    online: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        place = f"127.0.0.1:{once.getsockname()[1]}"
    monkeypatch.setenv("https_proxy", f"http://me:{QUOTED}@{place}")

    result = online(*GET, "--max-retries", "0", "--debug")

    assert f"\nerror: cannot connect to the proxy `http://{place}`: connection refused\n" in (
        result.stderr
    )
    assert "hint: check `https_proxy`; `NO_PROXY` names the hosts that need no proxy" in (
        result.stderr
    )
    assert result.exit_code == 10


def test_plain_http_through_a_proxy_that_wants_a_password_is_told_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from luma_cli.api.transport import build_client

    with listening(answer("407 Who are you")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        http = build_client(secure=False, redirects=True, request_timeout=5, transport=None)
        with pytest.raises(httpx.ProxyError) as caught, http:
            http.get("http://storage.test/a.png")

    assert is_final(caught.value)
    assert what_happened(caught.value, "http://storage.test/a.png") == (
        f"the proxy `http://127.0.0.1:{proxy.port}` refused the connection (407): Who are you"
    )


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_plain_http_to_this_machine_goes_through_no_proxy(
    monkeypatch: pytest.MonkeyPatch, variable: str, host: str
) -> None:
    from luma_cli.api.transport import build_client

    with listening(answer("200 OK")) as storage, listening(answer("502 Bad Gateway")) as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        http = build_client(secure=False, redirects=True, request_timeout=5, transport=None)
        with http:
            status = http.get(f"http://{host}:{storage.port}/a.png").status_code

    assert status == 200


def test_a_client_that_ends_closes_its_connections_to_this_machine_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from luma_cli.api.transport import build_client

    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    with socket.create_server(("127.0.0.1", 0)) as storage:
        storage.settimeout(10)
        http = build_client(secure=False, redirects=True, request_timeout=5, transport=None)
        with ThreadPoolExecutor(1) as pool, http:
            asked = pool.submit(http.get, f"http://127.0.0.1:{storage.getsockname()[1]}/a.png")
            connection, _ = storage.accept()
            connection.settimeout(10)
            connection.recv(65536)
            connection.sendall(answer("200 OK"))
            asked.result(10)
        with connection:
            assert connection.recv(1) == b""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate")
@pytest.mark.parametrize("command", [GET, ("generations", "create", "--prompt", "x")])
def test_a_certificate_that_does_not_verify_is_told_at_once(
    online: Program, clock: TestClock, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with listening(answer("200 OK"), self_signed(tmp_path)) as server:
        online.environ["LUMA_BASE_URL"] = f"https://127.0.0.1:{server.port}/v1"
        result = online(*command)

    assert result.stderr.splitlines()[0] == (
        f"error: no secure connection to `127.0.0.1:{server.port}`:"
        " certificate verify failed: self-signed certificate"
    )
    assert "`SSL_CERT_FILE`" in result.stderr
    assert (result.exit_code, clock.sleeps, server.requests) == (10, [], [b""])


def test_redirects_in_a_circle_are_given_up_soon_and_are_final() -> None:
    from luma_cli.api.transport import build_client

    asked: list[str] = []

    def turn(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": str(request.url)})

    http = build_client(
        secure=False, redirects=True, request_timeout=5, transport=httpx.MockTransport(turn)
    )
    with pytest.raises(httpx.TooManyRedirects) as caught, http:
        http.get("https://storage.test/a.png")

    assert len(asked) == 6
    assert is_final(caught.value)
    assert what_happened(caught.value, asked[0]) == "`storage.test` redirects in a loop"


@pytest.mark.parametrize(
    "no_proxy",
    [
        *("fd00::/8", "[::1]", "[::1]:8080", "::1,fe80::1%eth0", "10.0.0.0/8,fd00::/8,[fc00::]"),
        *("a.test b.test", " , ,,", "localhost:80", "*.internal", ".internal", "[", "]", "::::"),
        *("http://[::1", "a:b:c", "host:99999", "host:-1", "xn--\udc80", "é.test", "*a*", "all://"),
    ],
)
def test_what_cannot_be_read_in_no_proxy_is_left_out(
    online: Program, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    with listening(answer("407 No")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        result = online(*GET)

    assert result.exit_code == 10
    assert "refused the connection (407)" in result.stderr


@pytest.mark.parametrize(
    ("no_proxy", "goes_round"),
    [
        ("a.test", ["https://a.test", "https://b.a.test"]),
        (".a.test", ["https://b.a.test"]),
        ("*.a.test", ["https://b.a.test"]),
        ("fd00::/8,a.test", ["https://a.test"]),
        ("x a.test", ["https://a.test"]),
        ("[::1]", ["https://[::1]", "https://[::1]:8443"]),
        ("::1", ["https://[::1]"]),
        ("[::1]:8443", ["https://[::1]:8443"]),
        ("127.0.0.1", ["https://127.0.0.1"]),
        ("localhost", ["https://localhost"]),
        ("a.test:8443", ["https://a.test:8443"]),
        ("*", ["https://a.test", "https://[::1]", "https://other.test"]),
        ("a.test, *", ["https://other.test"]),
    ],
)
def test_no_proxy_names_hosts_that_are_asked_directly(no_proxy: str, goes_round: list[str]) -> None:
    client = client_with({"https": "http://proxy.test:3128", "no": no_proxy})

    assert [url for url in goes_round if is_proxied(client, url)] == []
    if "*" not in no_proxy.replace("*.", "").split():
        assert is_proxied(client, "https://c.test") == ("*" not in no_proxy.split(", "))


@given(no_proxy=st.text() | st.text("[]:/.,*%0a@ "), proxy=st.text())
def test_any_proxy_variables_make_a_client_or_a_usage_error(no_proxy: str, proxy: str) -> None:
    with contextlib.suppress(UsageError):
        client_with({"https": proxy, "all": "http://proxy.test", "no": no_proxy})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", f"foo://me:{QUOTED}@proxy.test"),
        ("HTTPS_PROXY", f"http://me:{QUOTED}@proxy.test:port"),
        ("HTTP_PROXY", f"http://me:{PASSWORD}@[::1"),
        ("ALL_PROXY", "http://"),
        ("all_proxy", "socks4://proxy.test"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told_by_its_variable_and_without_its_password(
    online: Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert online(*GET) == Result(
        2,
        "",
        f"error: `{variable}` names no usable proxy\n"
        "hint: write `http://HOST:PORT`; `https://` and `socks5://` are valid, too\n",
    )


@given(text=st.text(), url=st.text())
def test_any_network_error_has_a_sentence(text: str, url: str) -> None:
    kinds = (httpx.ConnectError, httpx.ProxyError, httpx.ReadTimeout, httpx.UnsupportedProtocol)
    for kind in kinds:
        assert what_happened(kind(text), url)
        assert what_to_check(kind(text)) is None or "SSL" in text
        assert isinstance(is_final(kind(text)), bool)


def client_with(proxies: dict[str, str]) -> httpx.Client:
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.Client(
        mounts=mounts_of(verify, httpx.Limits(), proxies), verify=verify, trust_env=False
    )


def is_proxied(client: httpx.Client, url: str) -> bool:
    chosen = client._transport_for_url(httpx.URL(url))  # noqa: SLF001 - which httpx would take
    return chosen is not client._transport  # noqa: SLF001 - same
