"""Two addresses for machines: is the process alive, and may it be sent visitors."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from grants.core.web import public
from grants.operation.health import examine

blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return Response("alive\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Names of the parts and whether each is in order; why not is for the operator alone."""
    parts = {part.name: part.in_order for part in examine(current_app)}
    ready = all(parts.values())
    answer = jsonify(ready=ready, parts=parts)
    return answer, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
