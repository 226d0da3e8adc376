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
            window.print();
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
    if (document.getElementById("priority-list") && window.dash_ag_grid) {
        window.dash_ag_grid.getApi("priority-list").setGridOption("domLayout", layout);
    }
}
window.addEventListener("beforeprint", () => layOutGrid("print"));
window.addEventListener("afterprint", () => layOutGrid("normal"));
