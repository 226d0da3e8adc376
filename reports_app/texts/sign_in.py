"""Texts of the sign-in form and of what a role does not open."""

from reports_app.texts.catalogue import Text

SIGN_IN = {
    "sign_in.title": Text("Iniciar sesión", "Sign in"),
    "sign_in.name": Text("Usuario", "User"),
    "sign_in.password": Text("Contraseña", "Password"),
    "sign_in.enter": Text("Entrar", "Sign in"),
    "sign_in.out": Text("Cerrar sesión", "Sign out"),
    "sign_in.help": Text(
        "Las cuentas de este equipo se crean con «mammo user add»; al iniciar, el programa "
        "muestra además un enlace de un solo uso.",
        "Accounts of this machine are made by `mammo user add`; on starting, the program also "
        "prints a link that works once.",
    ),
    "sign_in.refused": Text(
        "El usuario o la contraseña no son correctos.", "The user or the password is not right."
    ),
    "sign_in.too_many": Text(
        "Demasiados intentos: espere un minuto.", "Too many tries: wait a minute."
    ),
    "sign_in.expired": Text(
        "El formulario había caducado: inténtelo de nuevo.", "The form had expired: try again."
    ),
    "sign_in.used": Text(
        "Este enlace ya se usó o no es válido. Entre con su cuenta, o reinicie el programa "
        "para obtener otro.",
        "This link was used or is not valid. Sign in with your account, or restart the "
        "program for another one.",
    ),
    "sign_in.directory": Text("Entrar con la institución", "Sign in with the institution"),
    "sign_in.directory_refused": Text(
        "La institución no confirmó quién es: inténtelo de nuevo.",
        "The institution did not say who you are: try again.",
    ),
    "sign_in.no_role": Text(
        "Su institución no le asigna ningún rol en Smart Mammo: pídalo a quien lo administra.",
        "Your institution gives you no role in Smart Mammo: ask those who administer it.",
    ),
    "role.closed_title": Text(
        "Su rol no abre esta página", "Your role does not open this page"
    ),
    "role.closed_text": Text(
        "Contiene exámenes o imágenes que solo ven quienes informan. Si la necesita, pida el "
        "rol a quien administra las cuentas.",
        "It holds exams or images that only readers see. If you need it, ask those who keep "
        "the accounts for the role.",
    ),
}
