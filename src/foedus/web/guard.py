"""Who may ask, how much, and what a browser may do with the answer."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

COOKIE = "foedus-token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy: nothing from outside, no script or style in the page's text."""
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Stands before an application: names of this host, same origin, token, size, headers.

    Args:
        app: The application.
        hosts: Names under which it may be asked, without port: other names are refused, so that
            no foreign page can reach it under its own; None for any, where a token guards.
        body: Largest request in bytes.
        token: What a request must carry in a header `Authorization: Bearer`, in the cookie, or
            once as `?token=`, which sets the cookie; empty if none is needed.
    """

    def __init__(self, app: App, hosts: frozenset[str] | None, body: int, token: str = "") -> None:
        self._app, self._hosts, self._body, self._token = app, hosts, body, token

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        pairs = (
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        )
        headers = {name.lower(): value for name, value in pairs}
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        refused = self._refusal(headers, asked)
        if refused:
            await _say(send, *refused)
            return
        await self._app(scope, self._limited(receive), self._dressed(send, admits=bool(asked)))

    def _limited(self, receive: Receive) -> Receive:
        """Reads a request until it grows too large, whatever length it claims."""
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._body:
                raise HTTPException(413, _too_large(self._body))
            return message

        return limited

    def _dressed(self, send: Send, *, admits: bool) -> Send:
        """Sends an answer with the headers that every one has."""
        extra = dict(_HEADERS)
        if admits and self._token:
            extra["set-cookie"] = f"{COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/"

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_raw(extra)]
            await send(message)

        return dressed

    def _refusal(self, headers: dict[str, str], asked: str) -> tuple[int, str] | None:
        """Status and reason, or None where the request may pass."""
        host = urlsplit(f"//{headers.get('host', '')}")
        if self._hosts is not None and host.hostname not in self._hosts:
            return 421, "this server does not go by that name"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host.netloc:
            return 403, "another page may not ask this server"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._body:
            return 413, _too_large(self._body)
        if self._token and not self._known(headers, asked):
            return 401, "expected the token that the server printed when it started"
        return None

    def _known(self, headers: dict[str, str], asked: str) -> bool:
        """Whether a request carries the token."""
        jar = SimpleCookie(headers.get("cookie", ""))
        carried = (
            headers.get("authorization", "").removeprefix("Bearer "),
            jar[COOKIE].value if COOKIE in jar else "",
            asked,
        )
        return any(secrets.compare_digest(one.encode(), self._token.encode()) for one in carried)


def _too_large(limit: int) -> str:
    return f"the request is larger than {limit:,} bytes"


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


async def _say(send: Send, status: int, reason: str) -> None:
    """A refusal in plain text."""
    head = _raw({"content-type": "text/plain; charset=utf-8", **_HEADERS})
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
