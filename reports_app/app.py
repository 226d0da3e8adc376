"""The Dash app: builds it, routes its addresses to pages, serves it on loopback.

It reads no table itself (`reports_app.data` does) and decides on nobody (`reports_app.access`).
"""

import logging
from collections.abc import Collection
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from flask import Flask, Response, abort
from waitress.server import create_server

from reports_app.access.roles import Role, is_room, may_enter
from reports_app.access.sign_in import (
    SignIn,
    current_name,
    current_roles,
    require_sign_in,
)
from reports_app.classify_files import BODY_LIMIT_BYTES, register_classify_files
from reports_app.components import message, page_frame
from reports_app.data import Reports, StoredView
from reports_app.exam import ExamImage
from reports_app.exam_files import find_image, register_exam_files
from reports_app.exam_records import ExamRecords
from reports_app.hanging import is_mirrored, shown_size_px
from reports_app.links import CAMPAIGN_PATH, EXAM_PATH, Address
from reports_app.list_files import register_list_files
from reports_app.model_records import ModelRecords
from reports_app.pages import (
    campaign,
    exam,
    exam_decision,
    priority_list,
    what_if,
)
from reports_app.pages.list_readings import Desk
from reports_app.palette import ACCENT_SHADES
from reports_app.plotting import warm_up
from reports_app.rendering import mammogram_png, saliency_png
from reports_app.report_files import register_report_files
from reports_app.routing import Rooms, find_page
from reports_app.security import protect
from reports_app.services import NO_SERVICES, AppServices
from reports_app.texts import Texts
from tasks.lake.store import Lake

LOG = logging.getLogger(__name__)

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})

_THEME: Any = {
    "primaryColor": "accent",
    "colors": {"accent": ACCENT_SHADES},
    "fontFamily": "inherit",
    "defaultRadius": "sm",
    "cursorType": "pointer",
}
_INDEX = """<!DOCTYPE html>
<html lang="es-CL">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def create_app(
    lake: Lake,
    sign_in: SignIn | None = None,
    allowed_hosts: Collection[str] = LOOPBACK_NAMES,
    services: AppServices = NO_SERVICES,
) -> Dash:
    """Build the app over a lake.

    Args:
        lake: Where the night's tables are; it may still be empty.
        sign_in: How people get in; without it everything is open to all who reach the app, as
            tests of pages want it.
        allowed_hosts: Names under which the app answers, without port.
        services: What the app needs beside the lake.
    """
    app = Dash(
        __name__,
        title=Texts("es")("app.name"),
        update_title="",
        index_string=_INDEX,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        enable_mcp=False,
        add_log_handler=False,
    )
    reports = Reports(lake)

    def readers() -> list[str]:
        return [current_name()] if sign_in is None else sign_in.names_of(Role.RADIOLOGIST)

    rooms = Rooms(reports, ExamRecords(lake), services, ModelRecords(lake), readers)
    app.layout = _skeleton()
    _register_router(app, rooms)
    campaign.register(app)
    priority_list.register(app, Desk(reports, lake, readers))
    what_if.register(app, reports)
    exam.register(app)
    exam_decision.register(app, reports, lake)
    _register_files(_server(app), reports)
    register_list_files(_server(app), reports)
    register_report_files(_server(app), reports, lake)
    register_exam_files(_server(app), reports, rooms.records, services.originals)
    register_classify_files(_server(app), services.classifier)
    protect(_server(app), allowed_hosts, _script_hashes(app))
    if sign_in is not None:
        require_sign_in(_server(app), sign_in)
    return app


def serve(
    app: Dash, host: str = "127.0.0.1", port: int = 8050, *, behind_proxy: bool = False
) -> None:
    """Serve the app until the process is told to stop.

    Args:
        app: Of `create_app`.
        host: Address to listen on.
        port: Of that address.
        behind_proxy: Whether a proxy on this machine tells who asks, and by which scheme.
    """
    warm_up()
    new_server(app, host, port, behind_proxy=behind_proxy).run()


def new_server(app: Dash, host: str, port: int, *, behind_proxy: bool = False) -> Any:
    """The server of `serve`, which listens and does not answer yet."""
    options = _SERVER | (_PROXY if behind_proxy else {})
    return create_server(_server(app), host=host, port=port, **options)


_SERVER: dict[str, Any] = {
    "threads": 8,
    "ident": None,
    "max_request_body_size": BODY_LIMIT_BYTES,
}
"""Of waitress, which keeps a body in the folder for temporary files before the app sees it."""


_PROXY: dict[str, Any] = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    "clear_untrusted_proxy_headers": True,
}


def _server(app: Dash) -> Flask:
    if not isinstance(app.server, Flask):
        raise TypeError(f"The app runs on {type(app.server)}, not on Flask.")
    return app.server


def _script_hashes(app: Dash) -> list[str]:
    return [str(digest) for digest in app.csp_hashes()]


def _skeleton() -> dmc.MantineProvider:
    loading = html.P(Texts("es")("app.loading"), className="nothing")
    parts = [
        dcc.Location(id="url", refresh="callback-nav"),
        dcc.Store(id="meta"),
        html.Div(loading, id="page"),
    ]
    return dmc.MantineProvider(html.Div(parts), theme=_THEME)


def _register_router(app: Dash, rooms: Rooms) -> None:
    @app.callback(
        Output("page", "children"),
        Output("meta", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        on_error=_error_page,
    )
    def route(path: str | None, search: str | None) -> tuple[Any, dict[str, str]]:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        return show(Address.parse(path, search), rooms, current_roles())

    app.clientside_callback(
        ClientsideFunction("smartMammo", "name_page"),
        Output("page", "title"),
        Input("meta", "data"),
    )


def show(address: Address, rooms: Rooms, roles: Collection[Role]) -> tuple[Any, dict[str, str]]:
    """The page of an address as far as roles open it, with title and language."""
    t = address.texts
    is_closed = is_room(address.path) and not may_enter(roles, address.path)
    content = _closed(t) if is_closed else _content(address, rooms)
    page = html.Div(page_frame(address, content, roles), lang=t.language)
    return page, {"title": f"{_title(address)} · {t('app.name')}", "lang": t("app.lang")}


def _content(address: Address, rooms: Rooms) -> list[Any]:
    if page := find_page(address.path):
        return page.content(address, rooms)
    t = address.texts
    back = dcc.Link(
        t("not_found.back"), href=address.to(CAMPAIGN_PATH).href, className="button"
    )
    return [message(t("not_found.title"), t("not_found.text"), back)]


def _closed(t: Texts) -> list[Any]:
    return [message(t("role.closed_title"), t("role.closed_text"))]


def _title(address: Address) -> str:
    page = find_page(address.path)
    return page.title(address) if page else address.texts("not_found.title")


def _error_page(error: Exception) -> tuple[Any, dict[str, str]]:
    """Log what went wrong; say so in both languages, as the address may be the cause."""
    LOG.error("A page could not be shown.", exc_info=error)
    sentences = [message(t("error.title"), t("error.text")) for t in (Texts("es"), Texts("en"))]
    t = Texts("es")
    return html.Main(sentences), {"title": t("error.title"), "lang": t("app.lang")}


def _register_files(server: Flask, reports: Reports) -> None:
    @server.get(f"{EXAM_PATH}<exam_key>/<sop_instance_key>/<layer>.png")
    def picture(exam_key: str, sop_instance_key: str, layer: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        image = find_image(reports, exam_key, sop_instance_key)
        stored = reports.view(exam_key, sop_instance_key)
        png = None if image is None or stored is None else _layer_png(layer, image, stored)
        if png is None:
            abort(404)
        return Response(png, mimetype="image/png")


def _layer_png(layer: str, image: ExamImage, stored: StoredView) -> bytes | None:
    if image.geometry is None:
        return None
    size_px, mirrored = shown_size_px(image.geometry), is_mirrored(image)
    if layer == "image":
        return mammogram_png(stored.pixels, size_px, mirrored=mirrored)
    if layer == "saliency" and stored.saliency is not None:
        return saliency_png(stored.saliency, size_px, mirrored=mirrored)
    return None
