"""The JSON interface and the page: what may be asked, and how faults are told."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from importlib.resources import files
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

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
_T = TypeVar("_T")


class YAML(Response):
    """A scenario file."""

    media_type = "application/yaml"


def application(limits: Limits = Limits()) -> FastAPI:  # noqa: B008
    """The application; a guard has to stand before it (`foedus.web.guard`).

    Examples:
        >>> sorted(application().openapi()["paths"])[:3]
        ['/api/answers', '/api/check', '/api/file']
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
    for name, kind in _PAGE.items():
        place = "/" if name == "index.html" else f"/{name}"
        content = (files("foedus.web") / "page" / name).read_bytes()
        app.get(place, include_in_schema=False)(partial(_file, content, kind))


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind)


def _interface(app: FastAPI, work: Work) -> None:
    """What may be asked."""

    async def do(request: Request, job: Callable[[Check], _T]) -> _T:
        return await work.do(job, request.is_disconnected)

    @app.get("/api/scenarios")
    def scenarios() -> dict[str, str]:
        """Titles of the scenarios that come with the package, by name."""
        return listed()

    @app.post("/api/scenario", responses=_FAULTS)
    async def scenario(request: Request, asked: Source) -> dict[str, Any]:
        """A scenario: what it is, what it asks, what can be moved and turned off in it."""
        return await do(request, lambda check: answers.described(asked))

    @app.post("/api/check", responses=_FAULTS)
    async def check(request: Request, asked: Source) -> dict[str, Any]:
        """Whether a scenario is sound; every fault with its place if it is not."""
        found = await do(request, lambda check: asked.read())
        return {"scenario": found.id, "questions": len(found.questions), "faults": []}

    @app.post("/api/answers", responses=_FAULTS)
    async def answered(request: Request, asked: Run) -> dict[str, Any]:
        """What `foedus run --json` prints; the work ends when the caller goes."""
        return await do(request, partial(answers.answered, asked))

    @app.post("/api/file", responses=_FAULTS, response_class=YAML)
    async def file(request: Request, asked: Wanted) -> YAML:
        """The scenario as it is wanted, as a file for `foedus run`."""
        return YAML(await do(request, lambda check: answers.filed(asked)))

    @app.post("/api/why", responses=_FAULTS)
    async def why(request: Request, asked: Why) -> dict[str, Any]:
        """Terms of a state's utility of fighting for a target, and what it owes by treaty."""
        return await do(request, partial(answers.explained, asked))


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
