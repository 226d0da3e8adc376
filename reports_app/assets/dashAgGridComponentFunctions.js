// Cells that the grid draws: a band as a chip, flags as labels, an exam's pseudonym as a link.
const dagcomponents = (window.dashAgGridComponentFunctions =
    window.dashAgGridComponentFunctions || {});

dagcomponents.BandChip = function (props) {
    if (!props.data) {
        return null;  // still on its way
    }
    if (!props.value) {
        return React.createElement("span", { className: "chip none" }, "–");
    }
    const style = { backgroundColor: props.data.bandColour, color: props.data.bandInk };
    return React.createElement("span", { className: "chip", style }, props.value);
};

dagcomponents.FlagChips = function (props) {
    const flags = (props.value || "").split(", ").filter(Boolean);
    return flags.map((flag) =>
        React.createElement("span", { className: "flag", key: flag }, flag),
    );
};

dagcomponents.ExamLink = function (props) {
    if (!props.data) {
        return null;
    }
    const follow = (event) => {
        if (!event.ctrlKey && !event.metaKey) {
            event.preventDefault();
        }
    };
    return React.createElement(
        "a",
        { href: props.data.href, title: props.value, className: "key", onClick: follow },
        props.value.slice(0, 8),
    );
};
