"""Texts of the priority list page and of its file for Excel."""

from reports_app.texts.catalogue import Text

PRIORITY_LIST = {
    "list.title": Text("Lista de prioridad", "Priority list"),
    "list.lead": Text(
        "Ordena la lectura; nunca quita un examen.",
        "It orders the reading; it never removes an exam.",
    ),
    "list.date": Text("Lista del", "List of"),
    "list.counts": Text(
        "Exámenes: {listed} · no evaluables, arriba: {unscorable}",
        "Exams: {listed} · unscorable, on top: {unscorable}",
    ),
    "list.published": Text(
        "Publicada {moment} (hora de Santiago) · modelo {model}",
        "Published {moment} (Santiago time) · model {model}",
    ),
    "list.search": Text("Buscar en la lista", "Search the list"),
    "list.search_hint": Text("sede, motivo, examen…", "site, reason, exam…"),
    "list.download": Text("Descargar CSV", "Download CSV"),
    "list.print": Text("Imprimir", "Print"),
    "list.help": Text(
        "Un clic en una fila abre el examen. Banda 1 a 10: 10 es la más sospechosa. "
        "Espera en días.",
        "A click on a row opens the exam. Band 1 to 10: 10 is the most suspicious. "
        "Waiting in days.",
    ),
    "list.empty": Text(
        "No se ha publicado ninguna lista. La primera aparecerá cuando termine una noche.",
        "No list has been published. The first one will appear once a night has ended.",
    ),
    "list.unknown_date": Text(
        "No hay una lista publicada el {date}. Se muestra la más reciente.",
        "There is no list published for {date}. The most recent one is shown.",
    ),
    "list.rank": Text("N.º", "Rank"),
    "list.band": Text("Banda", "Band"),
    "list.score": Text("Puntaje", "Score"),
    "list.driving": Text("Vista", "View"),
    "list.reason": Text("Motivo", "Reason"),
    "list.site": Text("Sede", "Site"),
    "list.exam_date": Text("Examen", "Exam date"),
    "list.waiting_days": Text("Espera", "Waiting"),
    "list.age": Text("Edad", "Age"),
    "list.flags": Text("Avisos", "Flags"),
    "list.exam_key": Text("Clave", "Key"),
    "list.lane": Text("Carril", "Lane"),
    "list.reason_scored": Text(
        "{finding} {assessment}, {breast}, {view}", "{finding}, {assessment}, {breast}, {view}"
    ),
    "list.reason_no_finding": Text(
        "Sin hallazgo; mayor puntaje en {breast}, {view}",
        "No finding; highest score in {breast}, {view}",
    ),
    "list.reason_aged": Text("Espera larga · {reason}", "Long wait · {reason}"),
    "list.reason_unscorable": Text("No evaluable · {reason}", "Unscorable · {reason}"),
}
