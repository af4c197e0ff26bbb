"""The JSON interface and the page: what may be asked, and how faults are told."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from importlib.resources import files
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

import foedus
from foedus.scenario.catalogue import listed
from foedus.scenario.faults import ScenarioError
from foedus.web import answers
from foedus.web.wanted import Run, Source, Wanted, Why
from foedus.web.work import Busy, Check, Limits, Stopped, Work

_PAGE = {
    "index.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}
_FAULTS: dict[int | str, dict[str, Any]] = {
    422: {"description": "What is wrong with what was asked: faults with their places."},
    503: {"description": "Too many wait already."},
    504: {"description": "It took too long."},
}


class YAML(Response):
    """A scenario file."""

    media_type = "text/plain"


def application(limits: Limits = Limits()) -> FastAPI:  # noqa: B008
    """The application; a guard has to stand before it (`foedus.web.guard`).

    Examples:
        >>> sorted(application().openapi()["paths"])[:3]
        ['/api/answers', '/api/check', '/api/figures']
    """
    work = Work(limits)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        work.close()

    app = FastAPI(
        title="foedus",
        version=foedus.__version__,
        summary="When a state with allies is attacked: who comes, and what becomes of it.",
        lifespan=life,
        docs_url=None,  # these would load scripts from another host
        redoc_url=None,
    )
    _tell_faults(app)
    _pages(app)
    _interface(app, work)
    return app


def _pages(app: FastAPI) -> None:
    """The page and what it is made of."""
    app.get("/look.css", include_in_schema=False)(
        partial(_file, answers.colours(), _PAGE["page.css"])
    )
    for name, kind in _PAGE.items():
        place = "/" if name == "index.html" else f"/{name}"
        content = (files("foedus.web") / "page" / name).read_bytes()
        app.get(place, include_in_schema=False)(partial(_file, content, kind))


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind)


class _Asked(NamedTuple):
    """Something that may be asked: by what, of which function, and the form of the answer."""

    by: type[BaseModel]
    of: Callable[[Any, Check], Any]
    form: type[Response] = JSONResponse


_INTERFACE = {
    "scenario": _Asked(Source, answers.described),
    "check": _Asked(Source, answers.checked),
    "answers": _Asked(Run, answers.answered),
    "figures": _Asked(Run, answers.figured),
    "report": _Asked(Run, answers.reported, HTMLResponse),
    "file": _Asked(Wanted, answers.filed, YAML),
    "why": _Asked(Why, answers.explained),
}
"""What may be asked under `/api`; the work ends when whoever asked has gone."""


def _interface(app: FastAPI, work: Work) -> None:
    """What may be asked."""

    @app.get("/api/scenarios")
    def scenarios() -> dict[str, str]:
        """Titles of the scenarios that come with the package, by name."""
        return listed()

    for name, asked in _INTERFACE.items():
        told = inspect.getdoc(asked.of)
        app.post(
            f"/api/{name}", name=name, description=told, responses=_FAULTS,
            response_class=asked.form,
        )(_endpoint(work, asked))  # fmt: skip


def _endpoint(work: Work, kind: _Asked) -> Callable[..., Awaitable[Response]]:
    """Reads what is asked, and has it done."""

    async def endpoint(request: Request, asked: BaseModel) -> Response:
        done = await work.do(partial(kind.of, asked), request.is_disconnected)
        return kind.form(done)

    endpoint.__annotations__["asked"] = kind.by
    return endpoint


def _tell_faults(app: FastAPI) -> None:
    """Each kind of fault as status and JSON, never as a trace."""

    def told(status: int, faults: list[dict[str, Any]]) -> JSONResponse:
        return JSONResponse({"faults": faults}, status)

    def unsound(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ScenarioError)
        return told(422, [asdict(fault) for fault in error.faults])

    def mistaken(_: Request, error: Exception) -> JSONResponse:
        return told(422, [{"what": str(error)}])

    def malformed(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        return told(422, [{"path": ".".join(map(str, one["loc"][1:])), "what": one["msg"]}
                          for one in found])  # fmt: skip

    def busy(_: Request, error: Exception) -> JSONResponse:
        return told(503, [{"what": "too many requests wait already; try again soon"}])

    def stopped(_: Request, error: Exception) -> JSONResponse:
        return told(504, [{"what": "stopped: it took too long; ask for fewer runs"}])

    app.add_exception_handler(ScenarioError, unsound)
    app.add_exception_handler(ValueError, mistaken)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(Busy, busy)
    app.add_exception_handler(Stopped, stopped)
