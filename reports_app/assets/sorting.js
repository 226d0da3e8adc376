// Tables that a click on a heading sorts, in the browser alone. A table that is drawn anew stays
// sorted; rows without a value come last in either direction.
const valueOf = (row, place) => row.cells[place].dataset.value ?? "";

const compare = (a, b) => (isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b);

const sortRows = (body, place, sign) => {
    const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [valueOf(one, place), valueOf(other, place)];
        return a === "" || b === "" ? (a === "") - (b === "") : sign * compare(a, b);
    });
    rows.forEach((row, at) => body.rows[at] !== row && body.insertBefore(row, body.rows[at]));
};

const keepSorted = (body) => {
    const again = () => {
        const head = body.parentElement.querySelector("thead th[aria-sort]");
        if (head) {
            sortRows(body, head.cellIndex, head.ariaSort === "ascending" ? 1 : -1);
        }
        watch.takeRecords();
    };
    const watch = new MutationObserver(again);
    watch.observe(body, { childList: true, subtree: true, attributes: true, characterData: true });
    body.again = again;
};

document.addEventListener("click", (event) => {
    const button = event.target.closest(".sort");
    if (!button) {
        return;
    }
    const head = button.closest("th");
    const table = head.closest("table");
    const body = table.tBodies[0];
    const known = [...body.rows].map((row) => valueOf(row, head.cellIndex)).filter(Boolean);
    const first = known.every((value) => !isNaN(value)) ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = head.ariaSort === first ? other : first;
    table.querySelectorAll("th[aria-sort]").forEach((one) => one.removeAttribute("aria-sort"));
    head.ariaSort = next;
    if (!body.again) {
        keepSorted(body);
    }
    body.again();
});
