// Files handed in: sent one by one, three at a time, then asked for until their results are there.
const SENT_AT_ONCE = 3;
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

    async send(files) {
        const limit = Number(this.live.dataset.maxBytes);
        const large = files.find((file) => file.size > limit);
        if (large) {
            this.say("too_large", { name: large.name, size: limit / 2 ** 30 });
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
        let [next, done, refused] = [0, 0, null];
        const sender = async () => {
            while (next < files.length && !refused) {
                const file = files[next++];
                const name = encodeURIComponent(file.name);
                const { status } = await this.ask(`${this.batch}/files?name=${name}`, {
                    method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" },
                });
                refused = status === 200 ? refused : file;
                this.show(++done, files.length);
                this.say("sending", { done, total: files.length });
            }
        };
        await Promise.all(Array.from({ length: SENT_AT_ONCE }, sender));
        return refused;
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
            handingOf().send([...event.dataTransfer.files]);
        }
    });
}

// A batch whose address was opened while it is under way.
new MutationObserver(() => {
    const live = document.getElementById("classify-live");
    if (live && live.dataset.batch && (!handing || handing.live !== live)) {
        handing = new Handing(live);
        handing.batch = live.dataset.batch;
        handing.follow().catch(() => handing.say("lost"));
    }
}).observe(document.documentElement, { childList: true, subtree: true });
