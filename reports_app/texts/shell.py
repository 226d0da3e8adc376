"""Texts that every page shares: navigation, notices, empty and error states."""

from reports_app.texts.catalogue import Text

SHELL = {
    "app.name": Text("Smart Mammo", "Smart Mammo"),
    "app.subtitle": Text("Tamizaje mamográfico", "Breast screening"),
    "app.notice": Text(
        "Modelo de demostración, no apto para uso clínico.",
        "Demonstration model, not for clinical use.",
    ),
    "app.research": Text(
        "Software de investigación; no es un dispositivo médico.",
        "Research software; not a medical device.",
    ),
    "app.lang": Text("es-CL", "en"),
    "app.skip": Text("Ir al contenido", "Skip to content"),
    "app.loading": Text("Cargando…", "Loading…"),
    "nav.label": Text("Secciones", "Sections"),
    "nav.campaign": Text("Campaña", "Campaign"),
    "nav.list": Text("Lista de prioridad", "Priority list"),
    "nav.language": Text("English", "Español"),
    "nav.language_label": Text("Switch to English", "Cambiar a español"),
    "empty.title": Text("Todavía no hay ninguna noche", "No night yet"),
    "empty.text": Text(
        "El lago aún no tiene resultados. Aparecerán aquí cuando termine la primera noche "
        "de la campaña.",
        "The lake holds no results yet. They will appear here once the campaign's first night "
        "has ended.",
    ),
    "error.title": Text("No se pudo mostrar la página", "The page could not be shown"),
    "error.text": Text(
        "Los datos no se pudieron leer en este momento. La causa quedó en el registro del "
        "servidor; intente de nuevo en un minuto.",
        "The data could not be read just now. The cause is in the server's log; please try "
        "again in a minute.",
    ),
    "not_found.title": Text("Esta página no existe", "This page does not exist"),
    "not_found.text": Text(
        "La dirección no corresponde a ninguna página de Smart Mammo.",
        "The address belongs to no page of Smart Mammo.",
    ),
    "not_found.back": Text("Volver a la campaña", "Back to the campaign"),
}
