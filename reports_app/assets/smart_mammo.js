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

    fetchAgain: function () {
        const api = window.dash_ag_grid && window.dash_ag_grid.getApi("priority-list");
        if (api) {
            api.refreshInfiniteCache();
        }
        return window.dash_clientside.no_update;
    },

    // Files hold what search and filters leave of the list.
    listFiles: function (words, filters, ...files) {
        const asked = { words, filters: Object.keys(filters || {}).length && JSON.stringify(filters) };
        return files.map((href) => {
            const file = new URL(href, window.location);
            for (const [name, value] of Object.entries(asked)) {
                value ? file.searchParams.set(name, value) : file.searchParams.delete(name);
            }
            return file.pathname + file.search;
        });
    },

    chooseList: function (day, version, days, versions, search) {
        const query = new URLSearchParams(search);
        if (day && day !== (query.get("date") || days[0].value)) {
            query.set("date", day);
            query.delete("version");
            return "?" + query.toString();
        }
        const shown = query.get("version") || (versions[0] || {}).value;
        if (!version || version === shown) {
            return window.dash_clientside.no_update;
        }
        query.set("date", day);
        query.set("version", version);
        return "?" + query.toString();
    },

    openExam: function (cell, search) {
        if (!cell || !cell.rowId || cell.colId === "ag-Grid-SelectionColumn") {
            return window.dash_clientside.no_update;
        }
        const language = new URLSearchParams(search).get("lang");
        const query = language ? "?lang=" + encodeURIComponent(language) : "";
        return "/exam/" + encodeURIComponent(cell.rowId) + query;
    },

    layers: function (hasRegions, hasHeat, opacity) {
        const heat = hasHeat ? opacity / 100 : 0;
        return [hasRegions ? "viewer" : "viewer without-regions", { "--heat": heat }];
    },
};

// Plots keep the width that they have on the screen: the page is shrunk to the paper as a whole.
const PAPER_PX = 1030;
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
