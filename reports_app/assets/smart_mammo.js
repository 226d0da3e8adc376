// What happens in the browser alone: search, navigation, layers, printing. It fetches nothing.
window.dash_clientside = window.dash_clientside || {};

window.dash_clientside.smartMammo = {
    name_page: function (meta) {
        if (meta) {
            document.title = meta.title;
            document.documentElement.lang = meta.lang;
        }
        return window.dash_clientside.no_update;
    },

    search: function (words, options) {
        return { ...options, quickFilterText: words || "" };
    },

    chooseList: function (day, days, search) {
        const query = new URLSearchParams(search);
        const shown = query.get("date") || days[0].value;
        if (!day || day === shown) {
            return window.dash_clientside.no_update;
        }
        query.set("date", day);
        return "?" + query.toString();
    },

    openExam: function (cell, rows) {
        const row = cell && (rows || []).find((candidate) => candidate.exam_key === cell.rowId);
        return row ? row.href : window.dash_clientside.no_update;
    },

    print: function (clicks) {
        if (clicks) {
            layOutGrid("print");
            setTimeout(() => window.print(), GRID_PATIENCE_MS);
        }
        return window.dash_clientside.no_update;
    },

    layers: function (hasRegions, hasHeat, opacity) {
        const heat = hasHeat ? opacity / 100 : 0;
        return [hasRegions ? "viewer" : "viewer without-regions", { "--heat": heat }];
    },
};

// A printed list shows all of its rows, not only those on the screen.
function layOutGrid(layout) {
    const grid = document.getElementById("priority-list");
    if (grid && window.dash_ag_grid) {
        grid.style.height = layout === "print" ? "auto" : "";
        window.dash_ag_grid.getApi("priority-list").setGridOption("domLayout", layout);
    }
}

// Plots keep the width that they have on the screen: the page is shrunk to the paper as a whole.
const PAPER_PX = 1030;
const GRID_PATIENCE_MS = 600;
window.addEventListener("beforeprint", () => {
    const main = document.getElementById("content");
    if (main && !main.style.zoom) {
        const width = main.offsetWidth;
        main.style.width = `${width}px`;
        main.style.zoom = Math.min(1, PAPER_PX / width);
    }
});
window.addEventListener("afterprint", () => {
    const main = document.getElementById("content");
    if (main) {
        main.style.zoom = "";
        main.style.width = "";
    }
    layOutGrid("normal");
});

// A session that ended: the page is loaded again, and the server answers with the sign-in form.
const ask = window.fetch;
window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (answer.status === 401) {
        window.location.reload();
    }
    return answer;
};
