"""The exam's viewer in a real browser: time to an image, frames a second of window/level.

`python -m benchmarks.viewer [--quick]`. A lake of one drawn campaign, originals of 12 bits at
the size of a mammograph's, Debian's Chromium without a GPU; Markdown out.
"""

import argparse
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from statistics import median
from threading import Thread
from typing import Any

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from reports_app.app import create_app
from reports_app.services import AppServices
from tasks.lake.store import Lake
from tests.support.lake_fixture import REPEATED_VIEW, exam_key, fill_lake
from tests.support.originals import DrawnOriginals

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
EXAM = f"/exam/{exam_key(REPEATED_VIEW)}"
ROWS, COLUMNS = 3328, 1400
"""The breast's crop of a 4096 x 3328 image."""

FIRST = ".pair canvas[data-drawn]"
ALL = ".pair canvas[data-drawn=original]"

DRAG = """async ({seconds}) => {
    const frame = document.querySelector(".pair .frame");
    const wall = window.smartMammoWall;
    const { x, y } = frame.getBoundingClientRect();
    const send = (name, dx, dy) => frame.dispatchEvent(new PointerEvent(name, {
        clientX: x + 50 + dx, clientY: y + 50 + dy, pointerId: 1, bubbles: true,
    }));
    frame.setPointerCapture = () => undefined;  // no real pointer is down
    send("pointerdown", 0, 0);
    const begun = performance.now();
    const before = wall.nDrawn;
    for (let step = 0; performance.now() - begun < 1000 * seconds; step++) {
        send("pointermove", step % 60, (step * 2) % 80);
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const took = (performance.now() - begun) / 1000;
    send("pointerup", 0, 0);
    return (wall.nDrawn - before) / took;
}"""


@contextmanager
def served(n_exams: int) -> Generator[str]:
    """The app over a drawn campaign, on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        fill_lake(lake, n_exams)
        originals: Any = DrawnOriginals(ROWS, COLUMNS)
        app = create_app(lake, services=AppServices(originals))
        server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
        Thread(target=server.run, daemon=True).start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()


def seconds_until(page: Page, url: str, selector: str) -> float:
    """From asking for an exam's page, the app's files being there, until a view is drawn."""
    page.goto(f"{url}/list")
    page.wait_for_load_state("networkidle")
    script = """async ([path, selector]) => {
        const begun = performance.now();
        window.dash_clientside.set_props("url", {pathname: path});
        while (!document.querySelector(selector)) {
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return (performance.now() - begun) / 1000;
    }"""
    return page.evaluate(script, [EXAM, selector])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="One repetition.")
    n_repeats, seconds = (1, 2) if parser.parse_args().quick else (7, 5)
    with served(n_exams=8) as url, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        first = [seconds_until(page, url, FIRST) for _ in range(n_repeats)]
        original = [seconds_until(page, url, ALL) for _ in range(n_repeats)]
        page.locator(ALL).nth(3).wait_for()
        four = [page.evaluate(DRAG, {"seconds": seconds}) for _ in range(n_repeats)]
        page.locator(".pair .frame").first.dblclick()
        page.wait_for_timeout(500)
        alone = [page.evaluate(DRAG, {"seconds": seconds}) for _ in range(n_repeats)]
        browser.close()
    print("| measure | median |\n|---|---|")
    print(f"| page asked for to first image, s | {median(first):.2f} |")
    print(f"| the same to the first original, {ROWS} x {COLUMNS}, s | {median(original):.2f} |")
    print(f"| window/level, four views together, frames/s | {median(four):.0f} |")
    print(f"| window/level, one view on the whole wall, frames/s | {median(alone):.0f} |")


if __name__ == "__main__":
    main()
