// A figure as a file: its data as CSV, or the picture. It writes what is drawn and asks nobody.
(function () {
    "use strict";

    const FORMULA = /^[=+\-@\t\r]/;
    const BOX = ["lowerfence", "q1", "median", "q3", "upperfence"];

    function cell(value) {
        if (value === undefined || value === null) {
            return "";
        }
        const text = typeof value === "string" && FORMULA.test(value) && isNaN(value)
            ? `'${value}`
            : String(value);
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    }

    // An error bar's ends beside the value that it belongs to.
    function ends(trace, place) {
        for (const [axis, bars] of [["x", trace.error_x], ["y", trace.error_y]]) {
            if (bars && bars.array) {
                const value = trace[axis][place];
                const below = (bars.arrayminus || bars.array)[place];
                return { low: value - below, high: value + bars.array[place] };
            }
        }
        return {};
    }

    function grid(trace) {
        return Array.from(trace.z).flatMap((line, row) =>
            Array.from(line, (z, column) => ({ x: trace.x[column], y: trace.y[row], z })));
    }

    function boxes(trace) {
        return Array.from(trace.q1, (_, place) =>
            Object.fromEntries(BOX.map((end) => [end, (trace[end] || [])[place]])));
    }

    function points(trace) {
        const [x, y] = [trace.x || [], trace.y || []];
        const n = Math.max(x.length, y.length);
        return Array.from({ length: n }, (_, place) =>
            ({ x: x[place], y: y[place], ...ends(trace, place) }));
    }

    // Plotly names what has no name; it is numbered instead, where there are several.
    function rows(trace, place, all) {
        const found = trace.z ? grid(trace) : trace.q1 ? boxes(trace) : points(trace);
        const series = trace._input.name || (all.length > 1 ? place + 1 : undefined);
        return found.map((row) => ({ series, ...row }));
    }

    // Of the layout as given: plotly's own has words for editors.
    function title(layout, axis) {
        const found = (layout[`${axis}axis`] || {}).title;
        return (found && found.text) || axis;
    }

    function csv(plot) {
        const traces = plot._fullData.filter((trace) => trace.visible === true);
        const found = traces.flatMap(rows);
        const columns = [...new Set(found.flatMap(Object.keys))]
            .filter((name) => found.some((row) => row[name] !== undefined));
        const head = columns.map((name) => (name === "x" || name === "y" ? title(plot.layout, name) : name));
        const lines = [head, ...found.map((row) => columns.map((name) => row[name]))];
        return `\uFEFF${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
    }

    function save(name, text) {
        const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
        const link = Object.assign(document.createElement("a"), { href: url, download: name });
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest("button[data-figure]");
        const plot = button && button.closest("figure").querySelector(".js-plotly-plot");
        if (!plot) {
            return;
        }
        const name = `smart-mammo-${plot.parentElement.id.replace("graph-", "")}`;
        const kind = button.dataset.figure;
        if (kind === "csv") {
            save(`${name}.csv`, csv(plot));
        } else {
            window.Plotly.downloadImage(plot, { format: kind, filename: name, scale: kind === "png" ? 2 : 1 });
        }
    });
})();
