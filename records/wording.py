"""The wording a new facility begins with: plain words, to be read by counsel before they are used in earnest.

A facility changes them under Forms; each change is a version. The rules behind them: 42 CFR 2.22 and 2.31, 45 CFR
164.508 and 164.520.
"""

from records.models import ConsentCategory

_HOW = (
    "I may take this consent back at any time, in writing: on a form that any member of staff gives me, or in a "
    "letter to this facility. From that moment nothing more is given out on its strength. What was given out before, "
    "while it was in force, cannot be called back."
)
_HOW_ES = (
    "Puedo retirar este consentimiento en cualquier momento, por escrito: en un formulario que me da cualquier "
    "miembro del personal o en una carta a este centro. Desde ese momento no se entrega nada más con base en él. Lo "
    "que se entregó antes, mientras estaba vigente, no puede recuperarse."
)
_PASSED_ON = (
    "Records about care for substance use are protected by federal law (42 CFR part 2). Whoever receives them under "
    "this consent for treatment, payment or health care operations may use them and pass them on as the HIPAA rules "
    "allow. They may not be used against me in civil, criminal, administrative or legislative proceedings without my "
    "separate consent or a court order. Once passed on to somebody whom these laws do not bind, they may no longer be "
    "protected."
)
_PASSED_ON_ES = (
    "Los expedientes sobre la atención por consumo de sustancias están protegidos por la ley federal (42 CFR parte 2). "
    "Quien los reciba con este consentimiento para tratamiento, pago u operaciones de atención médica puede usarlos y "
    "transmitirlos como permiten las normas HIPAA. No pueden usarse en mi contra en procedimientos civiles, penales, "
    "administrativos o legislativos sin mi consentimiento aparte o una orden judicial. Si llegan a alguien a quien "
    "estas leyes no obligan, quizá ya no estén protegidos."
)
_STAYS = (
    "Whoever receives my records is told in writing that federal law (42 CFR part 2) forbids passing them on, unless "
    "I consent again or the law permits it."
)
_STAYS_ES = (
    "A quien reciba mis expedientes se le informa por escrito que la ley federal (42 CFR parte 2) prohíbe "
    "transmitirlos, salvo que yo consienta de nuevo o la ley lo permita."
)
_FREE = "My care here does not depend on whether I sign."
_FREE_ES = "Mi atención aquí no depende de que yo firme."

CONSENTS: dict[tuple[str, str], dict[str, str]] = {
    (ConsentCategory.TPO, "en"): {
        "title": "Consent for treatment, payment and health care operations",
        "introduction": (
            "This one consent covers all future use of my records for my treatment, for payment, and for running the "
            "program, until I take it back. I may choose less than all of it."
        ),
        "revocation": _HOW,
        "redisclosure": _PASSED_ON,
        "consequences": (
            "I may refuse. I am still cared for here. Without this consent, though, the facility cannot speak with my "
            "other providers, and cannot bill my health plan for me, so that I may have to pay myself."
        ),
    },
    (ConsentCategory.TPO, "es"): {
        "title": "Consentimiento para tratamiento, pago y operaciones de atención médica",
        "introduction": (
            "Este consentimiento único abarca todo uso futuro de mis expedientes para mi tratamiento, para el pago y "
            "para administrar el programa, hasta que yo lo retire. Puedo elegir menos que todo esto."
        ),
        "revocation": _HOW_ES,
        "redisclosure": _PASSED_ON_ES,
        "consequences": (
            "Puedo negarme y se me sigue atendiendo aquí. Pero sin este consentimiento el centro no puede hablar con "
            "mis otros proveedores ni cobrar a mi plan de salud, y quizá tenga que pagar yo."
        ),
    },
    (ConsentCategory.DISCLOSURE, "en"): {
        "title": "Consent to give information to others",
        "introduction": "I decide what this facility may give to whom, and what for. Nothing else is given.",
        "revocation": _HOW,
        "redisclosure": _STAYS,
        "consequences": _FREE,
    },
    (ConsentCategory.DISCLOSURE, "es"): {
        "title": "Consentimiento para dar información a otras personas",
        "introduction": "Yo decido qué puede dar este centro, a quién y para qué. No se da nada más.",
        "revocation": _HOW_ES,
        "redisclosure": _STAYS_ES,
        "consequences": _FREE_ES,
    },
    (ConsentCategory.COUNSELING_NOTES, "en"): {
        "title": "Consent to give out SUD counseling notes",
        "introduction": (
            "My counselor keeps notes of what I say in sessions apart from my record. They are given to nobody "
            "without this consent, which is about them alone and stands by itself."
        ),
        "revocation": _HOW,
        "redisclosure": _STAYS,
        "consequences": _FREE,
    },
    (ConsentCategory.COUNSELING_NOTES, "es"): {
        "title": "Consentimiento para entregar notas de consejería",
        "introduction": (
            "Quien me aconseja guarda aparte de mi expediente las notas de lo que digo en las sesiones. No se dan a "
            "nadie sin este consentimiento, que trata solo de ellas."
        ),
        "revocation": _HOW_ES,
        "redisclosure": _STAYS_ES,
        "consequences": _FREE_ES,
    },
    (ConsentCategory.LEGAL, "en"): {
        "title": "Consent for a legal proceeding",
        "introduction": (
            "This consent lets my records be used in the proceeding named below, also against me. It stands by itself "
            "and is not part of any other consent. I may ask a lawyer before I sign."
        ),
        "revocation": _HOW,
        "redisclosure": _STAYS,
        "consequences": _FREE,
    },
    (ConsentCategory.LEGAL, "es"): {
        "title": "Consentimiento para un procedimiento legal",
        "introduction": (
            "Este consentimiento permite usar mis expedientes en el procedimiento indicado abajo, también en mi "
            "contra. No forma parte de ningún otro consentimiento. Puedo consultar a un abogado antes de firmar."
        ),
        "revocation": _HOW_ES,
        "redisclosure": _STAYS_ES,
        "consequences": _FREE_ES,
    },
}

NOTICES = {
    "en": """NOTICE OF PRIVACY PRACTICES

This notice says how your records are used and given to others, and what you may ask of us. Please read it with care.

Who we are
{facility}, with everybody who works here. You reach us at {how_to_reach}.

What the law protects
Federal law (42 CFR part 2) protects records about care for substance use, and HIPAA protects all health records. We \
do not tell anybody outside that you are here, unless you consent in writing or the law names an exception.

When we use or give your records with your consent
For your treatment, for payment and for running the program, if you sign one consent for all three. To anybody else \
only as you name them, and for what you say. Notes of counseling sessions are kept apart and need a consent of their \
own. You may take a consent back in writing at any time.

When the law lets us do so without your consent
In a medical emergency, to those who treat you. To report suspected child abuse or neglect as state law demands. When \
a crime is committed or threatened here. For audits and evaluations, and for research under strict rules. When a court \
orders it by the rules of part 2; your records are not used against you in a proceeding without your consent or such \
an order.

What you may ask of us
To see your record and have a copy, within 30 days. To have it amended, if something is wrong. To be told to whom it \
was given. To be written to or called in the way and at the place you choose. To have us not use or give parts of it; \
if you paid for a service in full yourself, we do not tell your health plan about it. To have this notice on paper. \
To choose somebody who acts for you.

What we must do
Keep your records private, tell you without delay if that was breached, and keep to this notice. If we change it, the \
new one is at the front desk and is given to you when you ask.

If you are not content
Tell any member of staff or our privacy officer. You may also complain to the Secretary of the U.S. Department of \
Health and Human Services. Nobody will treat you worse because you complained.
""",
    "es": """AVISO DE PRÁCTICAS DE PRIVACIDAD

Este aviso dice cómo se usan y se entregan sus expedientes y qué puede pedirnos. Léalo con atención.

Quiénes somos
{facility} y todas las personas que trabajan aquí. Puede encontrarnos en: {how_to_reach}.

Qué protege la ley
La ley federal (42 CFR parte 2) protege los expedientes sobre la atención por consumo de sustancias, y HIPAA protege \
todos los expedientes de salud. No decimos a nadie de fuera que usted está aquí, salvo que usted consienta por escrito \
o la ley indique una excepción.

Cuándo usamos o entregamos sus expedientes con su consentimiento
Para su tratamiento, para el pago y para administrar el programa, si firma un consentimiento para las tres cosas. A \
cualquier otra persona solo si usted la nombra y para lo que usted diga. Las notas de consejería se guardan aparte y \
necesitan su propio consentimiento. Puede retirar un consentimiento por escrito en cualquier momento.

Cuándo la ley lo permite sin su consentimiento
En una emergencia médica, a quienes le atienden. Para denunciar sospechas de maltrato o abandono de menores. Cuando se \
comete o se amenaza con cometer un delito aquí. Para auditorías y evaluaciones, y para investigación con reglas \
estrictas. Cuando un tribunal lo ordena según la parte 2; sus expedientes no se usan en su contra sin su \
consentimiento o una orden así.

Qué puede pedirnos
Ver su expediente y tener una copia en 30 días. Que se corrija si algo está mal. Que le digamos a quién se entregó. \
Que le escribamos o llamemos como y donde usted elija. Que no usemos o entreguemos partes de él; si pagó un servicio \
por completo, no lo decimos a su plan de salud. Tener este aviso en papel. Elegir a alguien que actúe por usted.

Qué debemos hacer
Mantener sus expedientes en privado, avisarle sin demora si eso se incumplió y cumplir este aviso. Si lo cambiamos, el \
nuevo está en la recepción y se lo damos cuando lo pida.

Si no está conforme
Dígalo a cualquier miembro del personal o a la persona encargada de la privacidad. También puede quejarse ante el \
Secretario del Departamento de Salud y Servicios Humanos de EE. UU. Nadie le tratará peor por quejarse.
""",
}
