"""Texts of the exam page's viewer: its tools, its keys, what stands below each view."""

from reports_app.texts.catalogue import Text

VIEWER = {
    "tool.window": Text("Ventana", "Window"),
    "tool.window_title": Text(
        "Arrastrar cambia brillo y contraste", "Drag to change brightness and contrast"
    ),
    "tool.pan": Text("Mover", "Pan"),
    "tool.pan_title": Text("Arrastrar mueve la imagen", "Drag to move the image"),
    "tool.lens": Text("Lupa", "Magnifier"),
    "tool.lens_title": Text("Lupa bajo el puntero", "Magnifier under the pointer"),
    "tool.one": Text("1:1", "1:1"),
    "tool.one_title": Text(
        "Un píxel de la imagen por píxel de la pantalla",
        "One pixel of the image for one of the screen",
    ),
    "tool.fit": Text("Ajustar", "Fit"),
    "tool.fit_title": Text("Toda la mama, todas a la misma escala", "Whole breast, one scale"),
    "tool.rotate": Text("Girar", "Rotate"),
    "tool.rotate_title": Text("Girar 90°", "Rotate by 90°"),
    "tool.flip": Text("Reflejar", "Flip"),
    "tool.flip_title": Text("Reflejar izquierda y derecha", "Mirror left and right"),
    "tool.invert": Text("Invertir", "Invert"),
    "tool.invert_title": Text("Invertir blanco y negro", "Swap black and white"),
    "tool.sync": Text("Sincronizar", "Synchronise"),
    "tool.sync_title": Text("Mover todas las vistas juntas", "Move all views together"),
    "tool.alone": Text("Una vista", "One view"),
    "tool.alone_title": Text("Una vista a pantalla completa", "One view on the whole wall"),
    "tool.reset": Text("Restablecer", "Reset"),
    "tool.reset_title": Text("Volver al comienzo", "Back to the start"),
    "tool.help": Text("Teclas", "Keys"),
    "tool.help_title": Text("Mostrar u ocultar las teclas", "Show or hide the keys"),
    "viewer.wheel": Text("Acercar o alejar bajo el puntero", "Zoom at the pointer"),
    "viewer.wheel_key": Text("Rueda", "Wheel"),
    "viewer.zoom_keys": Text("Acercar o alejar", "Zoom in or out"),
    "viewer.zoom_keys_key": Text("+ -", "+ -"),
    "viewer.arrows": Text("Mover la imagen", "Move the image"),
    "viewer.arrows_key": Text("Flechas", "Arrows"),
    "viewer.shift_arrows": Text("Brillo y contraste", "Brightness and contrast"),
    "viewer.shift_arrows_key": Text("Mayús + flechas", "Shift + arrows"),
    "viewer.right_drag": Text(
        "Brillo y contraste con cualquier herramienta", "Brightness and contrast with any tool"
    ),
    "viewer.right_drag_key": Text("Botón derecho", "Right button"),
    "viewer.shift_drag": Text(
        "Mover la imagen con cualquier herramienta", "Move the image with any tool"
    ),
    "viewer.shift_drag_key": Text("Mayús + arrastrar", "Shift + drag"),
    "viewer.double": Text("Una vista sola, y de vuelta", "One view alone, and back"),
    "viewer.double_key": Text("Doble clic", "Double click"),
    "viewer.readout": Text(
        "C {center} A {width} · {zoom}\N{NO-BREAK SPACE}% · {kind}",
        "C {center} W {width} · {zoom}\N{NO-BREAK SPACE}% · {kind}",
    ),
    "viewer.original": Text("original, {bits} bits", "original, {bits} bits"),
    "viewer.reduced": Text("reducida, {bits} bits", "reduced, {bits} bits"),
    "viewer.trouble": Text(
        "El original no se pudo leer; se muestra la imagen reducida.",
        "The original could not be read; the reduced image is shown.",
    ),
    "exam.not_diagnostic": Text(
        "Las originales se muestran recortadas a la mama; esta pantalla no es una estación de "
        "diagnóstico.",
        "Originals are shown cropped to the breast; this screen is no diagnostic workstation.",
    ),
    "prior.title": Text("Exámenes previos", "Prior exams"),
    "prior.none": Text("No hay exámenes previos.", "There are no prior exams."),
    "prior.compare": Text("Comparar con {date}", "Compare with {date}"),
    "prior.alone": Text("Ver solo este examen", "Show this exam alone"),
    "prior.unknown": Text(
        "El examen previo de la dirección ya no está en el lago.",
        "The prior exam of the address is no longer in the lake.",
    ),
    "quality.title": Text("Calidad técnica", "Technical quality"),
    "quality.eight_bits": Text("8 bits por píxel", "8 bits a pixel"),
    "quality.lossy": Text("Compresión con pérdida", "Lossy compression"),
    "quality.no_spacing": Text("Sin tamaño de píxel", "No pixel spacing"),
    "quality.line": Text("{view}: {flags}", "{view}: {flags}"),
}
