"""Makes the manual's screenshots again: `python -m tests.support.manual_pictures`.

The app over the tests' drawn campaign in Debian's Chromium: docs/images/manual-*.png. None
shows a person's data.
"""

import os
import tempfile
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from reports_app.app import create_app
from reports_app.links import (
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    EXAM_PATH,
    LIST_PATH,
    MODELS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
)
from reports_app.services import NO_SERVICES, AppServices
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tests.support.fake_triton import fake_triton
from tests.support.lake_fixture import REPEATED_VIEW, MemoryLake, exam_key, fill_lake
from tests.support.programme_lake import fill_programme
from tests.support.uploads import VIEWS, dicom, new_classifier, picture

IMAGES = Path(__file__).parents[2] / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PAGES = {
    "campana": (CAMPAIGN_PATH, "main h1"),
    "lista": (LIST_PATH, ".ag-row[row-index='3'] .chip"),
    "examen": (EXAM_PATH + exam_key(REPEATED_VIEW), ".pair canvas[data-drawn]"),
    "calidad": (QUALITY_PATH, "main h1"),
    "modelos": (MODELS_PATH, "main h1"),
    "clasificar": (CLASSIFY_PATH, "#classify-choose"),
}
"""Name of a picture, its address, and what must be seen before it is taken."""


def take(page: Page, name: str) -> None:
    """Take one picture of the window."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"manual-{name}.png")


def take_all(page: Page) -> None:
    """Take every picture of the manual."""
    for name, (path, seen) in PAGES.items():
        page.goto(path)
        page.locator(seen).first.wait_for()
        take(page, name)
    given = [(f"{place}.dcm", dicom(view, place)) for place, view in enumerate(VIEWS)]
    with page.expect_file_chooser() as chooser:
        page.locator("#classify-choose").click()
    chooser.value.set_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
            for name, data in [*given, ("foto.png", picture()), ("nota.txt", b"texto")]
        ]
    )
    page.locator(".result").first.wait_for()
    take(page, "resultados")


def serve(lake: Any, services: AppServices = NO_SERVICES) -> Any:
    """The app on a free port, until it is closed."""
    app = create_app(lake, services=services)
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    Thread(target=server.run, daemon=True).start()
    return server


def main() -> None:
    """Serve the app and take the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fake_triton() as triton,
        WorkerPool(1, 20, 3 << 30) as pool,
        sync_playwright() as playwright,
    ):
        lake = Lake(f"{folder}/lake")
        fill_lake(lake)
        classifier = new_classifier(Path(folder) / "uploads", pool, triton.url)
        server = serve(lake, AppServices(classifier=classifier))
        programme = MemoryLake()
        fill_programme(programme, 20_000)
        past = serve(programme)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1366, "height": 768},
            locale="es-CL",
            base_url=f"http://127.0.0.1:{server.effective_port}",
        )
        page.set_default_timeout(120_000)
        take_all(page)
        page.goto(f"http://127.0.0.1:{past.effective_port}{WHAT_IF_PATH}")
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        take(page, "y-si")
        browser.close()
        for one in (server, past):
            one.close()


if __name__ == "__main__":
    main()
