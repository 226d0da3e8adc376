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
    "list.file_csv": Text("CSV", "CSV"),
    "list.file_xlsx": Text("Excel", "Excel"),
    "list.file_json": Text("JSON", "JSON"),
    "list.file_pdf": Text("PDF por sede", "PDF by site"),
    "list.part": Text(
        "Filtrada: {n} de los {listed} exámenes de la lista.",
        "Filtered: {n} of the list's {listed} exams.",
    ),
    "list.print": Text(
        "El navegador imprimiría solo las filas en pantalla. La lista completa, o lo que dejan "
        "la búsqueda y los filtros, se imprime con el botón «PDF por sede».",
        "The browser would print the rows on the screen alone. The whole list, or what search "
        "and filters leave of it, is printed with the button “PDF by site”.",
    ),
    "list.version": Text("Publicada", "Published"),
    "list.older": Text(
        "Es una versión anterior de la lista de ese día: después se publicó otra.",
        "This is a former version of that day's list: another was published later.",
    ),
    "list.chosen": Text("Con los exámenes marcados:", "With the exams ticked:"),
    "list.reader": Text("Quién lee", "Who reads"),
    "list.take": Text("Asignarme", "Assign to me"),
    "list.assign": Text("Asignar", "Assign"),
    "list.release": Text("Soltar", "Let go"),
    "list.read": Text("Leído", "Read"),
    "list.unread": Text("No leído", "Not read"),
    "list.none_chosen": Text(
        "Marque primero los exámenes en la lista.", "Tick the exams in the list first."
    ),
    "list.too_many": Text(
        "Son demasiados: marque hasta {n} exámenes.", "Too many: tick up to {n} exams."
    ),
    "list.gone": Text(
        "Nada se guardó: {n} de los exámenes marcados ya no están en la lista vigente.",
        "Nothing was saved: {n} of the exams ticked are on the current list no longer.",
    ),
    "list.no_reader": Text("Elija primero quién lee.", "Choose first who reads."),
    "list.done_assign": Text("Asignados a {reader}: {n}.", "Assigned to {reader}: {n}."),
    "list.done_release": Text("Soltados: {n}.", "Let go: {n}."),
    "list.done_read": Text(
        "Leídos: {n}. Salen de la lista cuando se guarda su decisión.",
        "Read: {n}. They leave the list once their decision is saved.",
    ),
    "list.done_unread": Text("No leídos: {n}.", "Not read: {n}."),
    "list.reading": Text("Lectura", "Reading"),
    "list.page": Text("Página {page} de {pages}", "Page {page} of {pages}"),
    "reading.assigned": Text("Asignado a {reader}", "Assigned to {reader}"),
    "reading.read": Text("Leído por {reader}", "Read by {reader}"),
    "reading.decided": Text("Informado por {reader}", "Reported by {reader}"),
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
