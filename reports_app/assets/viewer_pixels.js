// A mammogram's grey levels in the browser: reading, averaging, sampling, windowing. It knows no
// page. The files are those of tasks/preprocess/viewing.py.
const BLACK = 0xff000000;

class GreyLevels {
    // All codes of one image, with what each code means; `levels` are halved copies, so that a
    // small picture is an average of many pixels and not a choice of few.
    constructor(buffer) {
        const view = new DataView(buffer);
        const start = 4 + view.getUint32(0, true);
        const text = new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4));
        Object.assign(this, JSON.parse(text));
        const n = this.n_codes;
        this.modality = new Float32Array(buffer, start, n);
        this.shown = new Uint16Array(buffer, start + 4 * n, n);
        const codes = new Uint16Array(buffer, start + 6 * n, this.rows * this.columns);
        this.levels = [{ rows: this.rows, columns: this.columns, codes }];
    }

    static async fetch(path) {
        const answer = await fetch(path);
        if (!answer.ok) {
            throw new Error(await answer.text());
        }
        return new GreyLevels(await answer.arrayBuffer());
    }

    // The halved copy that has about one pixel for each pixel of the screen.
    level(pixelsPerStep) {
        const wanted = Math.max(0, Math.floor(Math.log2(Math.max(pixelsPerStep, 1)) + 0.4));
        while (this.levels.length <= wanted && this.levels.at(-1).columns > 64) {
            this.levels.push(halved(this.levels.at(-1)));
        }
        const place = Math.min(wanted, this.levels.length - 1);
        return { ...this.levels[place], scale: 2 ** -place };
    }

    // RGBA of every code, and black behind the last for what lies outside.
    table(window, isInverted) {
        const table = new Uint32Array(this.n_codes + 1);
        const { center, width } = this.window(window);
        for (let code = 0; code < this.n_codes; code++) {
            let share = this.shown[code] / 65535;
            if (window.isMoved) {
                share = Math.min(Math.max((this.modality[code] - center) / width + 0.5, 0), 1);
                share = this.is_inverted ? 1 - share : share;
            }
            const grey = Math.round(255 * (isInverted ? 1 - share : share));
            table[code] = BLACK | (grey << 16) | (grey << 8) | grey;
        }
        table[this.n_codes] = BLACK;
        return table;
    }

    // Center and width in modality units: moves are relative, so that views of different devices
    // can be moved together.
    window({ shift, factor }) {
        const width = Math.max(this.width * factor, 1);
        return { center: this.center + shift * this.width, width };
    }
}

function halved({ rows, columns, codes }) {
    const [height, width] = [rows >> 1, columns >> 1];
    const half = new Uint16Array(height * width);
    for (let row = 0, to = 0; row < height; row++) {
        let from = 2 * row * columns;
        for (let column = 0; column < width; column++, from += 2) {
            half[to++] = (codes[from] + codes[from + 1]
                + codes[from + columns] + codes[from + columns + 1]) >> 2;
        }
    }
    return { rows: height, columns: width, codes: half };
}

// Sample an image along an affine way, between pixels bilinearly; `outside` beyond its edges.
// The way: `x`, `y` of the first sample in pixels of the image, steps to the right and down.
function sample(level, way, width, height, outside, samples) {
    const { rows, columns, codes } = level;
    for (let row = 0, to = 0; row < height; row++) {
        let x = way.x + row * way.downX;
        let y = way.y + row * way.downY;
        for (let column = 0; column < width; column++, to++, x += way.rightX, y += way.rightY) {
            if (x < 0 || y < 0 || x >= columns || y >= rows) {
                samples[to] = outside;
                continue;
            }
            const left = Math.min(Math.max(x - 0.5, 0), columns - 1.001);
            const top = Math.min(Math.max(y - 0.5, 0), rows - 1.001);
            const at = (top | 0) * columns + (left | 0);
            const across = left - (left | 0);
            const down = top - (top | 0);
            const upper = codes[at] + across * (codes[at + 1] - codes[at]);
            const below = codes[at + columns];
            const lower = below + across * (codes[at + columns + 1] - below);
            samples[to] = upper + down * (lower - upper) + 0.5;
        }
    }
}

window.smartMammoPixels = { GreyLevels, sample };
