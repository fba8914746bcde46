"""The one door to every file: `/files/<public_id>`, opened by the permission of what holds the file."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.utils import import_string

from grants.core import access_log
from grants.core.errors import NotFound
from grants.core.policy import permits
from grants.core.registries import registry
from grants.core.storage import storage
from grants.core.web import current_actor, public
from grants.documents.fields import BY_CONTENT_TYPE, PDF, SENSITIVE_PURPOSES
from grants.documents.models import Document
from grants.documents.queries import document_at
from grants.documents.rules import ending_of

blueprint = Blueprint("documents", __name__, url_prefix="/files")

SEALED = "default-src 'none'; sandbox"
# A sandbox would keep browsers from starting their own PDF viewer; scripts stay forbidden.
FOR_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("/<public_id>")
@public
def open_file(public_id: str) -> Response:
    document = _document_for_reader(public_id)
    response = Response(_bytes_of(document), direct_passthrough=True)
    response.headers["Content-Type"] = document.content_type
    response.headers["Content-Disposition"] = _disposition(document)
    response.headers["Content-Security-Policy"] = (
        FOR_PDF if document.content_type == PDF.content_type else SEALED
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    response.content_length = document.size
    response.set_etag(document.sha256)
    response.make_conditional(request)
    return response


def _document_for_reader(public_id: str) -> Document:
    """The file, if this reader may open it. Absent, taken back and hidden answer alike."""
    document = document_at(public_id)
    if document is None or not _may_open(document):
        if not current_actor().is_authenticated:
            abort(HTTPStatus.UNAUTHORIZED)
        raise NotFound
    if document.purpose in SENSITIVE_PURPOSES:
        access_log.note("file", document.holder_kind, document.holder_id, by=current_actor())
    return document


def _may_open(document: Document) -> bool:
    """Asks about the holder. `wiring.FILES` may name `kind:purpose` where one purpose is guarded apart."""
    files = registry("files")
    keys = (f"{document.holder_kind}:{document.purpose}", document.holder_kind)
    entry = next((files[key] for key in keys if key in files), None)
    if entry is None:
        return False
    loader, permission = entry
    holder = import_string(loader)(document.holder_id)
    return holder is not None and permits(current_actor(), permission, holder)


def _bytes_of(document: Document) -> Iterator[bytes]:
    try:
        return storage().chunks(document.storage_key)
    except FileNotFoundError:
        current_app.logger.exception("file %s is not in the store", document.storage_key)
        raise NotFound from None


def _disposition(document: Document) -> str:
    """Shown in the browser only when that is safe and nobody asked to save it; the name in RFC 5987."""
    kind = BY_CONTENT_TYPE.get(document.content_type)
    inline = kind is not None and kind.is_shown_inline and "download" not in request.args
    plain = f"{document.public_id}.{ending_of(document.name)}".encode("ascii", "ignore").decode()
    name = quote(document.name, safe="!#$&+.^_`|~-")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{name}"
