"""Who works where, in which role."""

from datetime import time
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.history import History
from core.ids import uuid7
from core.models import Record


def validate_time_zone(value: str) -> None:
    """Raises ValidationError unless the IANA database knows the zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(f"“{value}” is not a time zone, such as America/New_York.") from error


class Facility(Record):
    """FHIR Organization: one licensed place of treatment."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=40, default="America/New_York", validators=[validate_time_zone])
    line = models.CharField("street", max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    neutral_name = models.CharField(max_length=80, default="Appointments", help_text="The sender patients see.")
    neutral_phone = models.CharField(max_length=40, blank=True, help_text="The number in mails and on link pages.")
    neutral_place = models.CharField(max_length=200, blank=True, help_text="Where to come, without a telling name.")
    mail_from = models.TimeField(
        "mail from", default=time(8), help_text="Reminders go from then on, never before 08:00."
    )
    mail_until = models.TimeField(
        "mail until", default=time(20), help_text="Reminders go until then, never after 20:00."
    )
    video_base_url = models.URLField(
        "video service", blank=True, help_text="Where private rooms for telehealth are: a random name is put after it."
    )
    intake_interviews = models.BooleanField("intake interviews patients", default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    phi_fields = ()

    class Meta:
        verbose_name_plural = "facilities"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mail_from__gte=time(8), mail_until__lte=time(20))
                & models.Q(mail_from__lt=models.F("mail_until")),
                name="facility_mail_by_day",
                violation_error_message="Reminders go between 08:00 and 20:00.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Location(Record):
    """FHIR Location: a unit, room, bed or piece of equipment."""

    class Kind(models.TextChoices):
        UNIT = "unit", "Unit"
        ROOM = "room", "Room"
        BED = "bed", "Bed"
        EQUIPMENT = "equipment", "Equipment"

    class OperationalStatus(models.TextChoices):
        FREE = "free", "Free"
        OCCUPIED = "occupied", "Occupied"
        HELD = "held", "Held"
        HOUSEKEEPING = "housekeeping", "Housekeeping"
        CLOSED = "closed", "Closed"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="locations")
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    operational_status = models.CharField(max_length=12, choices=OperationalStatus, default=OperationalStatus.FREE)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "kind", "name"], name="location_name_once_per_facility")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a person who may sign in. E-mail addresses differ by more than case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def write(self, user: "User", *, by: "User | None", reason: str = "") -> "User":
        """Save a person with author and reason in the history, as `core.audit.save` does for every Record."""
        user._history_user, user._change_reason = by, reason or None  # type: ignore[attr-defined]
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """For `createsuperuser`. A superuser has no exception: without a membership he sees no patient."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works with CareCoord. Patients have no account."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField("e-mail")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    suffix = models.CharField(max_length=40, blank=True, help_text="Shown after the name: MD, RN, LCSW.")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="Kept for Django; our roles decide.")
    current_facility = models.ForeignKey(Facility, models.SET_NULL, null=True, blank=True, related_name="+")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    history = History(excluded_fields=["password", "last_login", "current_facility"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]
    phi_fields = ()

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        name = f"{self.given_name} {self.family_name}".strip()
        return f"{name}, {self.suffix}" if self.suffix else name

    def get_short_name(self) -> str:
        return self.given_name

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self) -> "MembershipQuerySet":
        now = timezone.now()
        return self.filter(user__is_active=True, starts_at__lte=now).filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now)
        )


class Membership(Record):
    """A person's role at a facility, for a period. The only source of roles."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    covered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()
    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "facility", "role"],
                condition=models.Q(ends_at__isnull=True),
                name="membership_role_once_per_facility",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                name="membership_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["facility", "role"])]

    def get_absolute_url(self) -> str:
        return reverse("admin:accounts_membership_change", args=[self.pk])
