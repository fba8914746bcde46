"""`/api/v1`: what is public, for programs. Read only; errors are problem documents."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask_smorest import Api, Blueprint

from grants import __version__
from grants.calls.queries import loading as calls
from grants.core.web import public
from grants.publishing import queries
from grants.publishing.schemas import CallDetailSchema, CallSchema, PageQuery, ProjectSchema, paged

blueprint = Blueprint("api", __name__, url_prefix="/api/v1", description="Public data of the foundation")


class PublicApi(Api):
    """Keeps our own error pages, which speak problem+json under /api/ and keep `Allow`."""

    def _register_error_handlers(self) -> None:
        """Ours are registered by core.error_pages."""

    def _openapi_json(self) -> Response:
        return super()._openapi_json()

    _openapi_json.__access__ = "public"  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    app.config.update(
        API_TITLE="Greenshoots",
        API_VERSION=f"v1 ({__version__})",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    PublicApi(app).register_blueprint(blueprint)


@blueprint.route("/calls")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, paged(CallSchema))
@public
def list_calls(asked: dict[str, int]) -> dict[str, Any]:
    """Every published call, the newest first."""
    rows, total = queries.calls_page(number=asked["page"], size=asked["size"])
    return {"items": rows, "total": total, **asked}


@blueprint.route("/calls/<public_id>")
@blueprint.response(200, CallDetailSchema)
@public
def show_call(public_id: str) -> Any:
    """One published call with its standards."""
    return calls.published(public_id)


@blueprint.route("/projects")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, paged(ProjectSchema))
@public
def list_projects(asked: dict[str, int]) -> dict[str, Any]:
    """Every funded project, by number."""
    page = queries.projects_page(number=asked["page"], size=asked["size"])
    return {"items": page.items, "total": page.total, **asked}
