"""Texts of the exam page's decision and of what was found afterwards."""

from reports_app.texts.catalogue import Text

DECISION = {
    "decision.title": Text("Decisión de lectura", "Reader's decision"),
    "decision.birads": Text("BI-RADS {breast}", "BI-RADS {breast}"),
    "decision.density": Text("Densidad", "Density"),
    "decision.recalled": Text("¿Se cita de nuevo?", "Recall?"),
    "decision.yes": Text("Sí", "Yes"),
    "decision.no": Text("No", "No"),
    "decision.save": Text("Guardar decisión", "Save decision"),
    "decision.none": Text("Sin decisión registrada.", "No decision recorded."),
    "decision.written": Text("Registrada por {who}, {when}.", "Recorded by {who}, {when}."),
    "decision.incomplete": Text(
        "Falta algo: al menos un BI-RADS, y si se cita de nuevo.",
        "Something is missing: at least one BI-RADS, and whether she is recalled.",
    ),
    "decision.later": Text("Resultados posteriores", "Later outcomes"),
    "decision.later_line": Text("{source}, {breast}: {found}", "{source}, {breast}: {found}"),
    "decision.malignant": Text("maligno", "malignant"),
    "decision.benign": Text("sin malignidad", "no malignancy"),
    "source.pathology": Text("Patología", "Pathology"),
    "source.registry": Text("Registro de cáncer", "Cancer registry"),
    "breast.both": Text("ambas mamas", "both breasts"),
}
