// One view on the wall: where its pixels fall on the screen, and how they are drawn there.
const START = {
    zoom: 1, panX: 0, panY: 0, turns: 0, isFlipped: false, isInverted: false,
    shift: 0, factor: 1, isMoved: false,
};
const ZOOMS = [0.5, 32];

class WallView {
    constructor(frame, whenChanged) {
        this.frame = frame;
        this.canvas = frame.querySelector("canvas");
        this.picture = frame.querySelector(".picture");
        this.readout = frame.parentElement.querySelector(".readout");
        this.side = frame.dataset.side === "R" ? -1 : 1;
        this.state = { ...START };
        this.whenChanged = whenChanged;
        this.levels = null;
        this.isStale = true;
    }

    // First the small picture, then the original: neither waits for the other views.
    async load() {
        await this.take("reduced");
    }

    async loadOriginal() {
        if (this.frame.dataset.original === "yes") {
            await this.take("original");
        }
    }

    async take(kind) {
        try {
            this.levels = await smartMammoPixels.GreyLevels.fetch(
                `${this.frame.dataset.pixels}${kind}.bin`
            );
            this.isStale = true;
            this.whenChanged();
        } catch (error) {
            this.frame.dataset.trouble = kind;
        }
    }

    change(changes) {
        const { zoom, ...others } = changes;
        if (zoom !== undefined) {
            this.state.zoom = Math.min(Math.max(zoom, ZOOMS[0]), ZOOMS[1]);
        }
        Object.assign(this.state, others);
        const isWindowAlone = Object.keys(changes).every((name) =>
            ["shift", "factor", "isMoved", "isInverted"].includes(name)
        );
        this.isStale = this.isStale || !isWindowAlone;
    }

    // The linear part of the way from the picture at rest to the screen.
    matrix() {
        const { zoom, turns, isFlipped } = this.state;
        const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][turns % 4];
        const flip = isFlipped ? -1 : 1;
        return { a: zoom * cos * flip, b: zoom * sin * flip, c: -zoom * sin, d: zoom * cos };
    }

    middle() {
        return [this.frame.clientWidth / 2, this.frame.clientHeight / 2];
    }

    pan() {
        const unit = this.frame.clientWidth;
        return [this.state.panX * unit, this.state.panY * unit];
    }

    // A point of the frame, in CSS pixels, to the picture at rest.
    toRest(x, y) {
        const { a, b, c, d } = this.matrix();
        const [middleX, middleY] = this.middle();
        const [panX, panY] = this.pan();
        const [dx, dy] = [x - middleX - panX, y - middleY - panY];
        const size = a * d - b * c;
        return [middleX + (d * dx - c * dy) / size, middleY + (a * dy - b * dx) / size];
    }

    // Zoom so that the point under the pointer stays where it is.
    zoomed(factor, x, y) {
        const zoom = Math.min(Math.max(this.state.zoom * factor, ZOOMS[0]), ZOOMS[1]);
        const by = zoom / this.state.zoom;
        const [middleX, middleY] = this.middle();
        const [panX, panY] = this.pan();
        const unit = this.frame.clientWidth;
        return {
            zoom,
            panX: ((x - middleX) * (1 - by) + panX * by) / unit,
            panY: ((y - middleY) * (1 - by) + panY * by) / unit,
        };
    }

    // Pixels of the image for one CSS pixel of the picture at rest.
    density() {
        return this.levels ? this.levels.columns / this.picture.offsetWidth : 1;
    }

    // The zoom at which one pixel of the image is one pixel of the screen.
    oneToOne() {
        return this.density() / (window.devicePixelRatio || 1);
    }

    draw() {
        this.placePicture();
        if (!this.levels || !this.frame.clientWidth) {  // another view may have the whole wall
            return;
        }
        const ratio = Math.min(window.devicePixelRatio || 1, 2);
        const width = Math.round(this.frame.clientWidth * ratio);
        const height = Math.round(this.frame.clientHeight * ratio);
        if (this.canvas.width !== width || this.canvas.height !== height) {
            [this.canvas.width, this.canvas.height] = [width, height];
            this.isStale = true;
        }
        if (this.isStale) {
            this.samples = this.sampleAt(0, 0, 1 / ratio, width, height, this.samples);
            this.isStale = false;
        }
        this.paint(this.canvas, this.samples);
        this.canvas.dataset.drawn = this.levels.is_original ? "original" : "reduced";
        this.frame.classList.add("drawn");
        this.tell();
    }

    // Samples of a rectangle of the frame; `step` CSS pixels lie between two of them.
    sampleAt(left, top, step, width, height, samples) {
        const needed = width * height;
        const kept = samples && samples.length === needed ? samples : new Uint32Array(needed);
        const density = this.density();
        const level = this.levels.level((density * step) / this.state.zoom);
        const place = (x, y) => {
            const [restX, restY] = this.toRest(x, y);
            const scale = density * level.scale;
            return [(restX - this.picture.offsetLeft) * scale, (restY - this.picture.offsetTop) * scale];
        };
        const [x, y] = place(left + step / 2, top + step / 2);
        const [rightX, rightY] = place(left + 1.5 * step, top + step / 2);
        const [downX, downY] = place(left + step / 2, top + 1.5 * step);
        const way = {
            x, y, rightX: rightX - x, rightY: rightY - y, downX: downX - x, downY: downY - y,
        };
        smartMammoPixels.sample(level, way, width, height, this.levels.n_codes, kept);
        return kept;
    }

    paint(canvas, samples) {
        const context = canvas.getContext("2d", { willReadFrequently: true });  // drawn by the CPU
        const image = context.createImageData(canvas.width, canvas.height);
        const pixels = new Uint32Array(image.data.buffer);
        const table = this.levels.table(this.state, this.state.isInverted);
        for (let place = 0; place < samples.length; place++) {
            pixels[place] = table[samples[place]];
        }
        context.putImageData(image, 0, 0);
    }

    // Regions and heat map go where the pixels go; labels stay upright and of one size.
    placePicture() {
        const { a, b, c, d } = this.matrix();
        const [panX, panY] = this.pan();
        const [middleX, middleY] = this.middle();
        const style = this.picture.style;
        const [left, top] = [this.picture.offsetLeft, this.picture.offsetTop];
        style.transformOrigin = `${middleX - left}px ${middleY - top}px`;
        style.transform = `matrix(${a}, ${b}, ${c}, ${d}, ${panX}, ${panY})`;
        const size = a * d - b * c;
        const back = [d / size, -b / size, -c / size, a / size].join(", ");
        style.setProperty("--upright", `matrix(${back}, 0, 0)`);
        style.setProperty("--thin", 1 / this.state.zoom);
    }

    tell() {
        const { center, width } = this.levels.window(this.state);
        const share = (100 * this.state.zoom) / this.oneToOne();
        const kind = this.levels.is_original ? "original" : "reduced";
        const words = this.frame.closest("#viewer").dataset;
        this.readout.textContent = words.readout
            .replace("{center}", Math.round(center))
            .replace("{width}", Math.round(width))
            .replace("{zoom}", Math.round(share))
            .replace("{kind}", words[kind].replace("{bits}", this.levels.bits_stored));
        this.readout.title = this.frame.dataset.trouble === "original" ? words.trouble : "";
    }
}

window.smartMammoView = { WallView, START };
