"""The grid's own words: the part of AG Grid's locale that the list shows.

The keys after `grid.` are AG Grid's.
"""

from reports_app.texts.catalogue import Text

GRID = {
    "grid.noRowsToShow": Text("No hay exámenes que mostrar", "No exams to show"),
    "grid.noMatchingRows": Text("Ningún examen coincide", "No exam matches"),
    "grid.loadingOoo": Text("Cargando…", "Loading…"),
    "grid.filterOoo": Text("Filtrar…", "Filter…"),
    "grid.searchOoo": Text("Buscar…", "Search…"),
    "grid.equals": Text("Igual a", "Equals"),
    "grid.notEqual": Text("Distinto de", "Does not equal"),
    "grid.lessThan": Text("Menor que", "Less than"),
    "grid.lessThanOrEqual": Text("Menor o igual que", "Less than or equal to"),
    "grid.greaterThan": Text("Mayor que", "Greater than"),
    "grid.greaterThanOrEqual": Text("Mayor o igual que", "Greater than or equal to"),
    "grid.inRange": Text("Entre", "Between"),
    "grid.inRangeStart": Text("Desde", "From"),
    "grid.inRangeEnd": Text("Hasta", "To"),
    "grid.contains": Text("Contiene", "Contains"),
    "grid.notContains": Text("No contiene", "Does not contain"),
    "grid.startsWith": Text("Empieza con", "Begins with"),
    "grid.endsWith": Text("Termina con", "Ends with"),
    "grid.blank": Text("Vacío", "Blank"),
    "grid.notBlank": Text("No vacío", "Not blank"),
    "grid.before": Text("Antes de", "Before"),
    "grid.after": Text("Después de", "After"),
    "grid.andCondition": Text("y", "and"),
    "grid.orCondition": Text("o", "or"),
    "grid.dateFormatOoo": Text("dd-mm-aaaa", "yyyy-mm-dd"),
    "grid.ariaLabel": Text("Lista de prioridad", "Priority list"),
    "grid.ariaFilterColumn": Text(
        "Presione CTRL ENTER para filtrar", "Press CTRL ENTER to filter"
    ),
    "grid.ariaSortableColumn": Text("Presione ENTER para ordenar", "Press ENTER to sort"),
    "grid.ariaFilterValue": Text("Valor del filtro", "Filter value"),
    "grid.ariaFilteringOperator": Text("Operador del filtro", "Filtering operator"),
    "grid.ariaFilterFromValue": Text("Filtrar desde", "Filter from value"),
    "grid.ariaFilterToValue": Text("Filtrar hasta", "Filter to value"),
    "grid.ariaLabelColumnFilter": Text("Filtro de columna", "Column filter"),
}
