// Files handed in: sent in parts, three files at a time, then asked for until their results are there.
const SENT_AT_ONCE = 3;
const GB = 2 ** 30;
const PATIENCE_MS = 700;

class Handing {
    constructor(live) {
        this.live = live;
        this.base = "/classify";
    }

    say(name, values) {
        const words = this.live.dataset[`text${name.replace(/(^|_)(.)/g, (...found) => found[2].toUpperCase())}`];
        const text = Object.entries(values || {}).reduce(
            (said, [key, value]) => said.replace(`{${key}}`, value), words
        );
        this.live.querySelector("[role=status]").textContent = text;
    }

    show(done, total) {
        const bar = this.live.querySelector("progress");
        bar.hidden = false;
        bar.max = total || 1;
        bar.value = done;
    }

    async ask(path, options) {
        const answer = await fetch(`${this.base}/${path}`, options);
        return { status: answer.status, body: answer.ok ? await answer.json() : null };
    }

    // Whether the page's limits let files through; it says what does not fit.
    fits(files) {
        const limits = this.live.dataset;
        const size = files.reduce((sum, file) => sum + file.size, 0);
        const large = files.find((file) => file.size > Number(limits.maxBytes));
        if (!files.length) {
            this.say("nothing");
        } else if (files.length > Number(limits.maxFiles)) {
            this.say("too_many", { n: files.length, max: limits.maxFiles });
        } else if (large) {
            this.say("too_large", { name: large.name, size: limits.size });
        } else if (size > Number(limits.maxBatchBytes)) {
            this.say("too_much", { n: (size / GB).toFixed(1), max: limits.batchSize });
        } else {
            this.size = size;
            return true;
        }
        return false;
    }

    async send(files) {
        if (!this.fits(files)) {
            return;
        }
        try {
            const { body } = await this.ask("new", { method: "POST" });
            this.batch = body.batch;
            const refused = await this.sendAll(files);
            if (refused) {
                this.say("refused", { name: refused.name });
                return;
            }
            await this.start();
        } catch (error) {
            this.say("lost");
        }
    }

    // The first file that was refused; null where all were taken.
    async sendAll(files) {
        let [next, done, sent, refused] = [0, 0, 0, null];
        const tell = (bytes) => {
            sent += bytes;
            const percent = Math.floor(100 * sent / (this.size || 1));
            this.show(sent, this.size);
            this.say("sending", { done, total: files.length, percent });
        };
        const sender = async () => {
            while (next < files.length && !refused) {
                const file = files[next++];
                refused = await this.sendFile(file, tell) ? refused : file;
                done += 1;
                tell(0);
            }
        };
        await Promise.all(Array.from({ length: SENT_AT_ONCE }, sender));
        return refused;
    }

    // Whether a file was taken; an empty one has one part, too.
    async sendFile(file, tell) {
        const length = Number(this.live.dataset.partBytes);
        let path = `files?name=${encodeURIComponent(file.name)}`;
        for (let start = 0; start === 0 || start < file.size; start += length) {
            const part = file.slice(start, start + length);
            const { body } = await this.ask(`${this.batch}/${path}`, {
                method: "POST", body: part, headers: { "Content-Type": "application/octet-stream" },
            });
            if (!body) {
                return false;
            }
            path = `files/${body.file}`;
            tell(part.size);
        }
        return true;
    }

    async start() {
        this.live.querySelector("#classify-again").hidden = true;
        await this.ask(`${this.batch}/start`, { method: "POST" });
        await this.follow();
    }

    async follow() {
        while (document.contains(this.live)) {
            const { body } = await this.ask(`${this.batch}/progress`);
            if (!body || body.state === "failed") {
                this.say(body ? "failed" : "lost");
                return;
            }
            if (body.state === "done") {
                const address = new URL(this.live.dataset.address, window.location);
                address.searchParams.set("batch", this.batch);
                window.location.assign(address);
                return;
            }
            if (body.state === "away") {
                this.say("triton_away");
                this.live.querySelector("#classify-again").hidden = false;
                return;
            }
            this.show(body.n_read, body.n_total);
            this.say("working", { done: body.n_read, total: body.n_total });
            await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
        }
    }
}

// One at a time; it belongs to the part of the page that it speaks in.
let handing = null;
function handingOf() {
    const live = document.getElementById("classify-live");
    if (live && (!handing || handing.live !== live)) {
        handing = new Handing(live);
    }
    return live ? handing : null;
}

function chooseFiles() {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.accept = ".dcm,.dicom,.png,.jpg,.jpeg,.zip,application/dicom";
    input.addEventListener("change", () => handingOf().send([...input.files]));
    input.click();
}

// The files of a dropped entry; a folder's, however deep, come a hundred at a time.
async function filesIn(entry) {
    if (entry.isFile) {
        return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    }
    const [reader, found] = [entry.createReader(), []];
    for (;;) {
        const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!part.length) {
            return found;
        }
        for (const one of part) {
            found.push(...await filesIn(one));
        }
    }
}

async function takeDropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const live = handingOf();
    const found = await Promise.all(entries.map(filesIn)).catch(() => null);
    return found ? live.send(found.flat()) : live.say("lost");
}

async function closeBatch(button) {
    await fetch(`/classify/${button.dataset.batch}/close`, { method: "POST" });
    window.location.assign(button.dataset.address);
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const acts = {
        "classify-choose": chooseFiles,
        "classify-again": () => handingOf().start().catch(() => handing.say("lost")),
        "classify-close": () => closeBatch(button),
    };
    if (button && acts[button.id]) {
        acts[button.id]();
    }
});

for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
        if (!document.getElementById("classify-drop")) {
            return;
        }
        event.preventDefault();  // elsewhere on the page, too: a browser would open the file
        const drop = event.target.closest && event.target.closest("#classify-drop");
        if (name === "drop" && drop && event.dataTransfer.files.length) {
            takeDropped(event.dataTransfer);
        }
    });
}

// Pictures are fetched as they come into sight.
const sight = new IntersectionObserver((entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
        target.src = target.dataset.source;
        sight.unobserve(target);
    }
}, { rootMargin: "100%" });

// Pictures of a new page, and a batch whose address was opened while it is under way.
new MutationObserver(() => {
    document.querySelectorAll("img[data-source]:not([src])").forEach((img) => sight.observe(img));
    const live = document.getElementById("classify-live");
    if (live && live.dataset.batch && (!handing || handing.live !== live)) {
        handing = new Handing(live);
        handing.batch = live.dataset.batch;
        handing.follow().catch(() => handing.say("lost"));
    }
}).observe(document.documentElement, { childList: true, subtree: true });
