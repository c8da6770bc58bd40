"""Every screen and action that is reached without naming a patient, and who is offered it: one table.

The sidebar shows the rows with a group; the palette shows all. A row says which permission its view asks for;
`roles` narrows it to the desks that work there every day.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.access import may, roles_at
from accounts.models import Facility, User
from accounts.roles import Perm, Role

MY_WORK, PEOPLE, TIME, HOUSE, ACCOUNT = "My work", "People", "Time", "House", "Account"

INTAKE_DESKS = (Role.INTAKE, Role.CLINICAL_COORDINATOR)
CALLERS = (Role.INTAKE, Role.TREATMENT, Role.PATIENT_CARE)
MEASURERS = (Role.CLINICAL_COORDINATOR, Role.INTAKE, Role.TREATMENT)
REMINDERS = (Role.INTAKE, Role.TREATMENT, Role.CLINICAL_COORDINATOR, Role.PRIVACY_OFFICER)


@dataclass(frozen=True)
class Item:
    """A screen or action. `words` are what else people type for it; `count` names a count of `desks.context`."""

    label: str
    view: str
    icon: str
    group: str
    perm: Perm | None = None
    roles: tuple[Role, ...] = ()
    count: str = ""
    words: str = ""
    in_sidebar: bool = True

    @property
    def url(self) -> str:
        return reverse(self.view)


def _action(label: str, view: str, icon: str, group: str, **options: object) -> Item:
    return Item(label, view, icon, group, in_sidebar=False, **options)  # type: ignore[arg-type]


ITEMS = (
    Item("My day", "desks:home", "layout-dashboard", MY_WORK, words="home desk start"),
    Item("To accept", "desks:waiting", "inbox", MY_WORK, count="waiting", words="waiting hand-offs packets take"),
    Item("Tasks", "episodes:task_list", "list-checks", MY_WORK, words="to do requests"),
    _action("Overdue", "desks:overdue", "alarm-clock", MY_WORK, words="late"),
    _action("Due today", "desks:due_today", "clock", MY_WORK),
    Item("People", "desks:patient_list", "users", PEOPLE, Perm.HANDOFF_VIEW, words="patients caseload list"),
    Item(
        "Referrals", "intake:referral_list", "phone-incoming", PEOPLE, Perm.REFERRAL_VIEW, INTAKE_DESKS,
        count="referrals", words="inquiries new",
    ),
    _action("Add inquiry", "intake:referral_add", "plus", PEOPLE, perm=Perm.IDENTITY_EDIT, words="new referral"),
    Item(
        "Plans to read", "careplans:acknowledgement_list", "book-open-check", PEOPLE,
        roles=(Role.CLINICIAN, Role.ACTIVITIES, Role.PATIENT_CARE, Role.TREATMENT), words="acknowledge care plan",
    ),
    Item("Emergency access", "episodes:emergency_start", "siren", PEOPLE, Perm.EMERGENCY_OPEN,
         (Role.PATIENT_CARE, Role.CLINICIAN, Role.ACTIVITIES), words="break glass urgent chart without relation"),
    _action("Emergency access", "episodes:emergency_start", "siren", PEOPLE, perm=Perm.EMERGENCY_OPEN,
            roles=(Role.CLINICAL_COORDINATOR, Role.INTAKE, Role.TREATMENT, Role.CLERK), words="break glass my own"),
    Item("Emergency reviews", "episodes:emergency_list", "siren", PEOPLE, Perm.AUDIT_APPROVE,
         words="break glass review queue overdue"),
    Item("Duplicates", "patients:duplicate_list", "copy", PEOPLE, Perm.IDENTITY_EDIT,
         words="merge same person twice possible"),
    _action("Possible duplicates", "patients:duplicate_list", "copy", PEOPLE, perm=Perm.BOARD_VIEW, words="merge"),
    Item("Restricted charts", "patients:restricted_list", "lock", PEOPLE, Perm.RESTRICTED_VIEW, words="staff public"),
    Item("Envelopes", "records:submission_list", "mails", PEOPLE, Perm.DOCUMENT_FILE, count="envelopes",
         words="submissions papers file"),
    Item("Missing from charts", "records:chart_list", "file-exclamation-point", PEOPLE, Perm.DOCUMENT_FILE,
         words="completeness incomplete charts papers owed"),
    _action("Missing from charts", "records:chart_list", "file-exclamation-point", PEOPLE, perm=Perm.BOARD_VIEW,
            words="completeness incomplete charts"),
    _action("Rules of the complete chart", "records:rule_list", "list-checks", HOUSE, perm=Perm.FORMS_EDIT,
            words="completeness papers within hours"),
    _action("Envelopes I sent", "records:submission_list", "mails", PEOPLE, perm=Perm.DOCUMENT_SUBMIT,
            words="submissions returned papers"),
    Item("Consents ending", "records:consent_due", "calendar-x", PEOPLE, Perm.CONSENT_EDIT,
         words="expire expiring renew due soon event"),
    Item("Requests for records", "records:release_list", "folder-output", PEOPLE, Perm.DISCLOSURE_EDIT,
         words="release of information copies access roi"),
    Item("Legal requests", "records:release_list", "scale", PEOPLE, Perm.DISCLOSURE_APPROVE, (Role.PRIVACY_OFFICER,),
         words="release court order subpoena approve"),
    Item("Amendments", "records:amendment_list", "pen-line", PEOPLE, Perm.DISCLOSURE_EDIT, words="correct the record"),
    Item("Disclosures", "records:disclosure_register", "send", PEOPLE, Perm.DISCLOSURE_VIEW,
         (Role.CLERK, Role.PRIVACY_OFFICER), words="what left register accounting"),
    Item("Schedule", "scheduling:day", "calendar-days", TIME, Perm.CALENDAR_VIEW, words="day calendar appointments"),
    _action("Week", "scheduling:week", "calendar-range", TIME, perm=Perm.CALENDAR_VIEW, words="schedule calendar"),
    Item("Arrivals", "scheduling:arrivals", "door-open", TIME, Perm.APPOINTMENT_EDIT,
         words="waiting here check in came no-show today"),
    Item("Calls", "scheduling:call_list", "phone", TIME, Perm.APPOINTMENT_EDIT, CALLERS, words="confirm unconfirmed"),
    Item("Waitlist", "scheduling:waitlist_list", "hourglass", TIME, Perm.APPOINTMENT_EDIT, CALLERS, count="waitlist",
         words="waiting earlier offer"),
    Item("Reminders", "scheduling:reminder_list", "mail-check", TIME, Perm.REMINDER_STATUS, REMINDERS,
         words="mail failed e-mail"),
    _action("Tomorrow’s mail", "scheduling:mail_day", "mail-search", TIME, perm=Perm.REMINDER_STATUS, roles=REMINDERS,
            words="messages preview before they go"),
    Item("Hours", "scheduling:availability_list", "clock", TIME, Perm.CALENDAR_EDIT,
         words="availability leave travel training extra weekly pattern"),
    Item("My hours", "scheduling:availability_mine", "clock", TIME, Perm.CALENDAR_VIEW, (Role.CLINICIAN,),
         words="availability leave"),
    Item("Rooms", "scheduling:place_list", "door-closed", TIME, Perm.CALENDAR_EDIT,
         words="equipment closures holidays closed"),
    _action("Add closure", "scheduling:closure_add", "plus", TIME, perm=Perm.CALENDAR_EDIT, words="close holiday room"),
    Item("Sessions", "activities:session_list", "presentation", TIME, Perm.PROGRAM_EDIT, words="groups attendance"),
    _action("Add session", "activities:session_add", "plus", TIME, perm=Perm.PROGRAM_EDIT, words="group"),
    Item("Programs", "activities:program_list", "shapes", TIME, Perm.PROGRAM_EDIT, words="therapeutic activities"),
    _action("Add program", "activities:program_add", "plus", TIME, perm=Perm.PROGRAM_EDIT),
    Item("Measures", "scheduling:measure_list", "chart-line", HOUSE, Perm.CALENDAR_VIEW, MEASURERS,
         words="show rate utilization charts figures"),
    Item("My calendar feed", "scheduling:feed_list", "rss", TIME, Perm.CALENDAR_VIEW,
         (Role.CLINICIAN, Role.ACTIVITIES), words="ics subscribe phone outlook"),
    Item("Board", "admin:index", "gauge", HOUSE, Perm.BOARD_VIEW, words="admin census oversight"),
    Item("Staff", "staff:practitioner_list", "stethoscope", HOUSE, Perm.STAFF_DIRECTORY,
         words="directory practitioners credentials physicians"),
    Item("Partners", "staff:partner_list", "building-2", HOUSE, Perm.STAFF_VIEW, words="referrers hospitals"),
    Item("Access log", "patients:log_list", "scroll-text", HOUSE, Perm.AUDIT_VIEW,
         words="audit who looked read privacy denied refused"),
    _action("Whom a breach affects", "patients:breach_scope", "shield-alert", HOUSE, perm=Perm.AUDIT_VIEW,
            words="audit scope incident stolen lost"),
    Item("Forms", "records:form_list", "file-pen-line", HOUSE, Perm.FORMS_EDIT,
         words="consents notice privacy wording versions"),
    Item("Setup", "admin:index", "settings", HOUSE, Perm.SETUP_EDIT, words="admin users roles memberships facilities"),
    Item("Preview roles", "desks:roles_preview", "user-search", HOUSE, Perm.SETUP_EDIT,
         words="view as what would somebody see memberships"),
    _action("Preview roles", "desks:roles_preview", "user-search", HOUSE, perm=Perm.AUDIT_VIEW, words="view as"),
    Item("Who can see this", "patients:access_explain", "circle-question-mark", HOUSE, Perm.AUDIT_VIEW,
         words="why can cannot explain permission"),
    _action("My profile", "accounts:profile", "circle-user", ACCOUNT, words="roles facilities"),
    _action("What I looked at", "accounts:my_access", "scroll-text", ACCOUNT, words="access log audit"),
    _action("My sessions", "usersessions_list", "monitor-smartphone", ACCOUNT, words="devices sign out"),
    _action("Second factor", "mfa_index", "key-round", ACCOUNT, words="authenticator codes passkey security"),
    _action("Change password", "account_change_password", "lock", ACCOUNT, words="security"),
    _action("Sign out", "account_logout", "log-out", ACCOUNT, words="leave log off"),
)  # fmt: skip


def items(user: User, facility: Facility) -> Iterator[Item]:
    """The rows that the person is offered at the facility, in the table's order."""
    roles = set(roles_at(user, facility))
    for item in ITEMS:
        permitted = item.perm is None or may(user, item.perm)
        if permitted and (not item.roles or roles & set(item.roles)):
            yield item


def matching(user: User, facility: Facility, text: str) -> list[Item]:
    """The offered rows that have every typed word at the beginning of one of theirs; all of them for no text."""
    wanted = text.lower().split()
    return [item for item in items(user, facility) if all(_begins_in(word, item) for word in wanted)]


def _begins_in(word: str, item: Item) -> bool:
    known = f"{item.label} {item.group} {item.words}".lower().replace("-", " ").split()
    return any(part.startswith(word) for part in known)
