// The wall of an exam: pointer, wheel, keyboard and buttons to changes of its views, one or all
// of them together. What a view does with a change is viewer_view.js's work.
const LENS_PX = 240;
const WHEEL_STEP = 1.15;
const PAN_STEP = 0.06;
const WINDOW_STEP = 0.05;

class Wall {
    constructor(root) {
        this.root = root;
        this.hung = root.dataset.hung;
        this.tool = "window";
        this.isTogether = true;
        this.nDrawn = 0;
        const frames = [...root.querySelectorAll(".frame")].filter((frame) =>
            frame.querySelector("canvas")
        );
        this.views = frames.map(
            (frame) => new smartMammoView.WallView(frame, () => this.redraw())
        );
        this.current = this.views[0];
        this.ending = new AbortController();
        this.listen();
        this.load();
    }

    async load() {
        await Promise.all(this.views.map((view) => view.load()));
        for (const view of this.views) {
            if (!this.ending.signal.aborted) {
                await view.loadOriginal();
            }
        }
    }

    end() {
        this.ending.abort();
        this.observer.disconnect();
        this.views = [];
    }

    listen() {
        const { signal } = this.ending;
        for (const view of this.views) {
            const on = (name, act, options) =>
                view.frame.addEventListener(name, (event) => act(view, event), { signal, ...options });
            on("pointerdown", (...given) => this.grab(...given));
            on("pointermove", (...given) => this.move(...given));
            on("pointerleave", () => this.hideLens());
            on("wheel", (...given) => this.wheel(...given), { passive: false });
            on("dblclick", () => this.solo(view));
            on("contextmenu", (_, event) => event.preventDefault());
        }
        for (const button of this.root.querySelectorAll("[data-tool]")) {
            button.addEventListener("click", () => this.use(button.dataset.tool), { signal });
        }
        document.addEventListener("keydown", (event) => this.press(event), { signal });
        this.observer = new ResizeObserver(() => {
            this.views.forEach((view) => (view.isStale = true));
            this.redraw();
        });
        this.views.forEach((view) => this.observer.observe(view.frame));
        this.mark();
    }

    // One drawing a frame of the screen, however many changes came in between.
    redraw() {
        if (this.isAwaited) {
            return;
        }
        this.isAwaited = true;
        requestAnimationFrame(() => {
            this.isAwaited = false;
            this.views.forEach((view) => view.draw());
            this.nDrawn++;
        });
    }

    // A change of one view, or of all alike: other breasts mirrored, as they hang.
    apply(view, changes) {
        for (const other of this.isTogether ? this.views : [view]) {
            const isMirrored = changes.panX !== undefined && other.side !== view.side;
            other.change(isMirrored ? { ...changes, panX: -changes.panX } : changes);
        }
        this.redraw();
    }

    grab(view, event) {
        this.current = view;
        event.preventDefault();
        this.root.focus({ preventScroll: true });
        const tool = event.button === 2 ? "window" : event.button === 1 || event.shiftKey ? "pan" : this.tool;
        if (tool === "lens") {
            return;
        }
        view.frame.setPointerCapture(event.pointerId);
        const start = { x: event.clientX, y: event.clientY, ...view.state };
        const drag = (moved) => this.drag(view, tool, start, moved);
        view.frame.addEventListener("pointermove", drag);
        const drop = () => view.frame.removeEventListener("pointermove", drag);
        view.frame.addEventListener("pointerup", drop, { once: true });
        view.frame.addEventListener("pointercancel", drop, { once: true });
    }

    drag(view, tool, start, event) {
        const size = view.frame.clientWidth;
        const [dx, dy] = [(event.clientX - start.x) / size, (event.clientY - start.y) / size];
        if (tool === "pan") {
            this.apply(view, { panX: start.panX + dx, panY: start.panY + dy });
        } else {
            const factor = Math.min(Math.max(start.factor * 2 ** (2 * dx), 0.01), 10);
            this.apply(view, { factor, shift: start.shift + dy * start.factor, isMoved: true });
        }
    }

    move(view, event) {
        if (this.tool === "lens" && view.levels) {
            this.showLens(view, event);
        }
    }

    wheel(view, event) {
        event.preventDefault();
        this.current = view;
        const box = view.frame.getBoundingClientRect();
        const factor = event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP;
        this.apply(view, view.zoomed(factor, event.clientX - box.left, event.clientY - box.top));
    }

    zoom(factor) {
        const [x, y] = this.current.middle();
        this.apply(this.current, this.current.zoomed(factor, x, y));
    }

    // The lens shows the pixels under the pointer, one to one, or twice where that is no more.
    showLens(view, event) {
        const lens = this.root.querySelector(".lens");
        const wall = this.root.getBoundingClientRect();
        const box = view.frame.getBoundingClientRect();
        lens.style.left = `${event.clientX - wall.left - LENS_PX / 2}px`;
        lens.style.top = `${event.clientY - wall.top - LENS_PX / 2}px`;
        lens.hidden = false;
        const by = Math.max(view.oneToOne() / view.state.zoom, 2);
        const reach = LENS_PX / by / 2;
        const [x, y] = [event.clientX - box.left - reach, event.clientY - box.top - reach];
        [lens.width, lens.height] = [LENS_PX, LENS_PX];
        this.lensSamples = view.sampleAt(x, y, 1 / by, LENS_PX, LENS_PX, this.lensSamples);
        view.paint(lens, this.lensSamples);
    }

    hideLens() {
        this.root.querySelector(".lens").hidden = true;
    }

    solo(view) {
        const isAlone = view.frame.parentElement.dataset.alone === "yes";
        this.views.forEach((other) => delete other.frame.parentElement.dataset.alone);
        if (!isAlone) {
            view.frame.parentElement.dataset.alone = "yes";
        }
        this.root.dataset.alone = isAlone ? "no" : "yes";
        this.current = view;
    }

    use(name) {
        const { current } = this;
        const acts = {
            window: () => (this.tool = "window"),
            pan: () => (this.tool = "pan"),
            lens: () => (this.tool = this.tool === "lens" ? "window" : "lens"),
            one: () => this.apply(current, { zoom: current.oneToOne() }),
            fit: () => this.apply(current, { zoom: 1, panX: 0, panY: 0 }),
            rotate: () => this.apply(current, { turns: (current.state.turns + 1) % 4 }),
            flip: () => this.apply(current, { isFlipped: !current.state.isFlipped }),
            invert: () => this.apply(current, { isInverted: !current.state.isInverted }),
            sync: () => (this.isTogether = !this.isTogether),
            alone: () => this.solo(current),
            reset: () => this.reset(),
            help: () => this.toggleHelp(),
        };
        if (current && acts[name]) {
            acts[name]();
            this.hideLens();
            this.mark();
        }
    }

    reset() {
        if (this.root.dataset.alone === "yes") {
            this.solo(this.current);
        }
        this.apply(this.current, { ...smartMammoView.START });
    }

    toggleHelp() {
        const help = this.root.querySelector(".keys");
        help.hidden = !help.hidden;
    }

    // Which tool is in the hand is said to the eye and to a screen reader.
    mark() {
        const states = {
            window: this.tool === "window",
            pan: this.tool === "pan",
            lens: this.tool === "lens",
            sync: this.isTogether,
            help: !this.root.querySelector(".keys").hidden,
        };
        for (const [name, isOn] of Object.entries(states)) {
            this.root.querySelector(`[data-tool=${name}]`).setAttribute("aria-pressed", isOn);
        }
        this.root.querySelector(".walls").dataset.tool = this.tool;
    }

    // Keys work while the pointer or the focus is on the wall, never while one is typing.
    press(event) {
        const isHere = this.root.contains(document.activeElement) || this.root.matches(":hover");
        const isTyping = event.target.closest("input, textarea, select, [role=slider]");
        if (!isHere || isTyping || event.ctrlKey || event.metaKey || event.altKey || !this.current) {
            return;
        }
        const act = this.action(event);
        if (act) {
            event.preventDefault();
            act();
        }
    }

    action(event) {
        const tools = {
            w: "window", p: "pan", m: "lens", 1: "one", 0: "fit", r: "rotate", h: "flip",
            i: "invert", s: "sync", f: "alone", escape: "reset", "?": "help",
        };
        const { state } = this.current;
        const to = (changes) => () => this.apply(this.current, changes);
        const windowed = (shift, factor) =>
            to({ shift: state.shift + shift, factor: state.factor * factor, isMoved: true });
        const arrows = event.shiftKey
            ? {
                arrowup: windowed(-WINDOW_STEP, 1), arrowdown: windowed(WINDOW_STEP, 1),
                arrowleft: windowed(0, 1 / 1.1), arrowright: windowed(0, 1.1),
            }
            : {
                arrowup: to({ panY: state.panY + PAN_STEP }), arrowdown: to({ panY: state.panY - PAN_STEP }),
                arrowleft: to({ panX: state.panX + PAN_STEP }), arrowright: to({ panX: state.panX - PAN_STEP }),
            };
        const zooms = { "+": () => this.zoom(WHEEL_STEP), "-": () => this.zoom(1 / WHEEL_STEP) };
        const key = event.key.toLowerCase();
        const tool = tools[key];
        return tool ? () => this.use(tool) : arrows[key] || zooms[key];
    }
}

// Pages come and go without loading: a wall is hung when its section appears or shows another
// exam, and taken down when it does.
let wall = null;
new MutationObserver(() => {
    const root = document.getElementById("viewer");
    if (wall && (wall.root !== root || wall.hung !== root.dataset.hung)) {
        wall.end();
        wall = null;
    }
    if (root && !wall) {
        wall = new Wall(root);
        window.smartMammoWall = wall;
    }
}).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-hung"],
});
