"""Texts of the nights page: runs, timings, rejects, retries."""

from reports_app.texts.catalogue import Text

NIGHTS = {
    "nights.title": Text("Noches", "Nights"),
    "nights.lead": Text(
        "Cada noche con sus cuentas, tiempos y fallas; la más reciente primero.",
        "Each night with its counts, timings and failures; the latest first.",
    ),
    "nights.prefect": Text("Registros y horarios en Prefect", "Logs and schedules in Prefect"),
    "nights.prefect_run": Text("Registro en Prefect", "Log in Prefect"),
    "nights.empty": Text("Ninguna noche ha terminado todavía.", "No night has ended yet."),
    "nights.summary": Text(
        "Noches: {n} · fallidas: {n_failed} · listas repetidas tras una falla: {n_retried}",
        "Nights: {n} · failed: {n_failed} · lists retried after a failure: {n_retried}",
    ),
    "nights.table": Text("Todas las noches", "All nights"),
    "nights.list_date": Text("Lista del", "List of"),
    "nights.started": Text("Inicio", "Started"),
    "nights.outcome": Text("Resultado", "Outcome"),
    "nights.minutes": Text("Minutos", "Minutes"),
    "nights.n_new_objects": Text("Objetos nuevos", "New objects"),
    "nights.n_images_scored": Text("Imágenes puntuadas", "Images scored"),
    "nights.n_unscorable": Text("No evaluables", "Unscorable"),
    "nights.n_rejected": Text("Rechazados", "Rejected"),
    "nights.n_pending": Text("Pendientes", "Pending"),
    "nights.n_exams_listed": Text("En la lista", "On the list"),
    "nights.peak_memory_mb": Text("Memoria, MB", "Memory, MB"),
    "nights.model_version": Text("Modelo", "Model"),
    "nights.failures": Text("Fallas y cambios de puntaje", "Failures and moved scores"),
    "nights.no_failures": Text(
        "Ninguna falla y ningún cambio de puntaje.", "No failure, and no score moved."
    ),
    "nights.stages": Text("Duración por etapa", "Time by stage"),
    "nights.objects": Text("Objetos por estado", "Objects by state"),
    "axis.night": Text("Noche", "Night"),
    "axis.seconds": Text("Segundos", "Seconds"),
    "alt.stages": Text(
        "Barras: segundos de cada etapa en {n} noches.",
        "Bars: seconds of each stage in {n} nights.",
    ),
    "alt.night_objects": Text(
        "Barras: objetos por estado al final de {n} noches.",
        "Bars: objects by state at the end of {n} nights.",
    ),
}
