"""`foedus serve`: where the server listens, and who may reach it."""

import secrets
import socket
import sys
from collections.abc import Callable

import uvicorn

from foedus.web.app import application
from foedus.web.guard import Guard
from foedus.web.work import Limits

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(host: str, port: int, *, exposed: bool, say: Callable[[str], None]) -> None:
    """Serve the page until stopped.

    Args:
        host: Address to listen on; any but loopback needs `exposed`.
        port: Port; 0 takes a free one.
        exposed: Whether others than this machine may reach it, with a token.
        say: Prints a line.

    Raises:
        ValueError: The address is not loopback and nobody said so, or cannot be had.
    """
    if host not in LOOPBACK and not exposed:
        raise ValueError(
            f"--host {host}: expected 127.0.0.1; others than this machine could reach it there: "
            "add --exposed if that is meant, and a token will be asked for"
        )
    limits, token = Limits(), secrets.token_urlsafe(24) if exposed else ""
    bound = door(host, port)
    port = bound.getsockname()[1]
    names = None if exposed else frozenset(LOOPBACK)
    guarded = Guard(application(limits), names, limits.body, token)
    shown = f"[{host}]" if ":" in host else host
    say(f"http://{shown}:{port}/{f'?token={token}' if token else ''}   (Ctrl-C stops it)")
    server = uvicorn.Server(uvicorn.Config(guarded, log_level="warning", lifespan="on"))
    server.run(sockets=[bound])


def door(host: str, port: int) -> socket.socket:
    """A socket that is bound, so that a port in use is told before anything is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as fault:
        bound.close()
        raise ValueError(
            f"--port {port}: cannot listen on {host} ({fault.strerror}); --port 0 takes a free one"
        ) from None
    return bound
