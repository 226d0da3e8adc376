// Functions that the grid's options name.
const dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

// However the list is sorted, the unscorable lane stays on top.
dagfuncs.unscorableFirst = function (params) {
    const lane = (node) => (node.data.lane === "unscorable" ? 0 : 1);
    params.nodes.sort((one, other) => lane(one) - lane(other));
};
