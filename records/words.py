"""The words a patient reads for what may be disclosed, why and to whom: explicit, as 42 CFR 2.31(a)(3) asks."""

from accounts.roles import DataClass
from records.models import Purpose

ENGLISH = {
    DataClass.IDENTITY: "My name, birth date and record number, and that I receive care for substance use here",
    DataClass.CONTACT: "My address, telephone number and e-mail address",
    DataClass.COVERAGE: "My insurance and how my care is paid",
    DataClass.INTAKE: "My intake interview and screenings, including my use of alcohol and drugs",
    DataClass.ASSESSMENT: "My diagnoses, assessments and notes, including those about substance use",
    DataClass.PLAN: "My care plan and the treatment options offered to me, including treatment for substance use",
    DataClass.REFERRAL: "My referrals, from whom and to whom",
    DataClass.ACTIVITY: "The activities and groups I take part in, and my attendance",
    DataClass.APPOINTMENT: "My appointments, past and to come",
    DataClass.DOCUMENT: "Documents and photos in my record, including test results",
    DataClass.CONSENT: "My consents and restrictions",
    DataClass.COUNSELING: "My SUD counseling notes: what I said in counseling sessions, kept apart from my record",
}
SPANISH = {
    DataClass.IDENTITY: "Mi nombre, fecha de nacimiento y número de expediente, y que recibo aquí atención por consumo de sustancias",  # noqa: E501
    DataClass.CONTACT: "Mi dirección, teléfono y correo electrónico",
    DataClass.COVERAGE: "Mi seguro y cómo se paga mi atención",
    DataClass.INTAKE: "Mi entrevista de ingreso y mis evaluaciones, incluido mi consumo de alcohol y drogas",
    DataClass.ASSESSMENT: "Mis diagnósticos, valoraciones y notas, incluidas las que tratan del consumo de sustancias",
    DataClass.PLAN: "Mi plan de atención y las opciones de tratamiento que se me ofrecieron, incluido el tratamiento por consumo de sustancias",  # noqa: E501
    DataClass.REFERRAL: "Mis derivaciones, de quién y a quién",
    DataClass.ACTIVITY: "Las actividades y grupos en los que participo y mi asistencia",
    DataClass.APPOINTMENT: "Mis citas, pasadas y futuras",
    DataClass.DOCUMENT: "Documentos y fotos de mi expediente, incluidos los resultados de pruebas",
    DataClass.CONSENT: "Mis consentimientos y restricciones",
    DataClass.COUNSELING: "Mis notas de consejería por consumo de sustancias: lo que dije en las sesiones, guardado aparte de mi expediente",  # noqa: E501
}
PURPOSES = {
    "en": {
        Purpose.TREATMENT: "To treat me and to coordinate my care",
        Purpose.PAYMENT: "To have my care paid",
        Purpose.OPERATIONS: "To run the program and keep up its quality (health care operations)",
        Purpose.PATIENT_REQUEST: "At my request",
        Purpose.LEGAL: "For a civil, criminal, administrative or legislative proceeding",
        Purpose.EMPLOYMENT: "For my work or school",
        Purpose.HOUSING: "For housing or benefits",
        Purpose.FAMILY: "So that family or friends can support me",
        Purpose.RESEARCH: "For research",
        Purpose.OTHER: "For another purpose",
    },
    "es": {
        Purpose.TREATMENT: "Para tratarme y coordinar mi atención",
        Purpose.PAYMENT: "Para que se pague mi atención",
        Purpose.OPERATIONS: "Para administrar el programa y mantener su calidad (operaciones de atención médica)",
        Purpose.PATIENT_REQUEST: "A petición mía",
        Purpose.LEGAL: "Para un procedimiento civil, penal, administrativo o legislativo",
        Purpose.EMPLOYMENT: "Para mi trabajo o escuela",
        Purpose.HOUSING: "Para vivienda o beneficios",
        Purpose.FAMILY: "Para que mi familia o amistades puedan apoyarme",
        Purpose.RESEARCH: "Para una investigación",
        Purpose.OTHER: "Para otro propósito",
    },
}
EVERYONE_IN_CARE = {
    "en": "My treating providers, health plans, third-party payers, and people helping to operate this program",
    "es": "Mis proveedores de tratamiento, planes de salud, terceros pagadores y quienes ayudan a operar este programa",
}
CARE_ENDS = {"en": "My care here ends", "es": "Termina mi atención aquí"}


def information_words(data_class: str, language: str) -> str:
    """What a data class holds, as the patient reads it."""
    return (SPANISH if language == "es" else ENGLISH)[DataClass(data_class)]


def purpose_words(purpose: str, language: str) -> str:
    return PURPOSES["es" if language == "es" else "en"][Purpose(purpose)]
