"""The intake coordinator's desk: referral, interview, screening, coverage, level of care."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.fields import EncryptedTextField
from core.models import Record
from episodes.models import EpisodeOfCare, LevelOfCare
from patients.models import Patient
from staff.models import PartnerOrganization


class Referral(Record):
    """FHIR ServiceRequest with its Task: somebody asks us to take a person into care."""

    class Status(models.TextChoices):
        """FHIR Task.status."""

        RECEIVED = "received", "New"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Declined"

    class Source(models.TextChoices):
        """TEDS PSOURCE."""

        INDIVIDUAL = "individual", "The person or family"
        SUD_PROVIDER = "sud-provider", "Substance use care provider"
        HEALTH_PROVIDER = "health-provider", "Other health care provider"
        SCHOOL = "school", "School"
        EMPLOYER = "employer", "Employer or EAP"
        COMMUNITY = "community", "Other community referral"
        COURT = "court", "Court or criminal justice"

    class Priority(models.TextChoices):
        """FHIR RequestPriority."""

        ROUTINE = "routine", "Routine"
        URGENT = "urgent", "Urgent"
        STAT = "stat", "Immediate"

    class DeclineReason(models.TextChoices):
        NO_CAPACITY = "no-capacity", "No capacity at the level needed"
        LEVEL = "level", "Needs a level of care we do not offer"
        COVERAGE = "coverage", "Coverage not accepted"
        NOT_REACHED = "not-reached", "The person could not be reached"
        WITHDRAWN = "withdrawn", "Withdrawn by the person or referrer"
        OTHER = "other", "Other"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    source = models.CharField(max_length=16, choices=Source, default=Source.INDIVIDUAL)
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, blank=True, related_name="referrals")
    referrer_name = models.CharField(max_length=200, blank=True)
    referrer_phone = models.CharField(max_length=40, blank=True)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.ROUTINE)
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    response_due_at = models.DateTimeField(help_text="First response target: 30 minutes.")
    first_response_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    decline_note = models.TextField(blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="referrals")

    phi_fields = ("referrer_name", "referrer_phone", "reason", "decline_note")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(decline_reason=""), name="referral_decline_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="received") | Q(decided_at__isnull=False), name="referral_decision_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "received_at"], condition=Q(status="received"), name="referral_waiting"),
            models.Index(
                fields=["facility", "-decided_at"], condition=Q(decided_at__isnull=False), name="referral_decided"
            ),
            models.Index(fields=["patient"]),
        ]

    def get_absolute_url(self) -> str:
        return reverse("intake:referral_detail", args=[self.patient.uuid, self.uuid])


class ReferralCall(Record):
    """A first-response call about a referral."""

    class Outcome(models.TextChoices):
        SPOKE = "spoke", "Spoke with the person"
        NO_MESSAGE = "no-message", "Left no message"
        NO_ANSWER = "no-answer", "No answer"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("note",)


class Coverage(Record):
    """FHIR Coverage: who pays, under which number, checked when and how."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CANCELLED = "cancelled", "Ended"
        DRAFT = "draft", "Not yet checked"

    class CheckedVia(models.TextChoices):
        PHONE = "phone", "By telephone"
        PORTAL = "portal", "In the payer's portal"
        CARD = "card", "From the card only"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="coverages")
    payer_name = models.CharField(max_length=200)
    plan_name = models.CharField(max_length=200, blank=True)
    member_id = EncryptedTextField(blank=True)
    group_number = models.CharField(max_length=60, blank=True)
    relationship = models.CharField(max_length=40, default="self", help_text="To the policy holder.")
    is_self_pay = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=1, help_text="1 pays first.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_via = models.CharField(max_length=8, choices=CheckedVia, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    check_note = models.CharField(max_length=300, blank=True)
    authorised_until = models.DateField(null=True, blank=True)

    phi_fields = ("payer_name", "plan_name", "member_id", "group_number", "relationship", "check_note")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | ~Q(checked_via=""), name="coverage_check_names_its_way"
            )
        ]


class IntakeInterview(Record):
    """The interview, with the TEDS items asked at admission."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in-progress", "Under way"
        COMPLETED = "completed", "Completed"

    class LivingArrangement(models.TextChoices):
        """TEDS LIVARAG."""

        HOMELESS = "homeless", "Without a home"
        DEPENDENT = "dependent", "Dependent living"
        INDEPENDENT = "independent", "Independent living"

    class Employment(models.TextChoices):
        """TEDS EMPLOY."""

        FULL_TIME = "full-time", "Full time"
        PART_TIME = "part-time", "Part time"
        UNEMPLOYED = "unemployed", "Looking for work"
        NOT_IN_LABOR_FORCE = "not-in-labor-force", "Not in the labor force"

    class SelfHelp(models.TextChoices):
        """TEDS FREQ_ATND_SELF_HELP: attendance in the past 30 days."""

        NONE = "none", "None"
        ONE_TO_THREE = "1-3", "1 to 3 times"
        FOUR_TO_SEVEN = "4-7", "4 to 7 times"
        EIGHT_TO_THIRTY = "8-30", "8 to 30 times"
        SOME = "some", "Some, frequency not known"

    episode = models.OneToOneField(EpisodeOfCare, models.PROTECT, related_name="interview")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="interviews")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    completed_at = models.DateTimeField(null=True, blank=True)
    presenting_concern = models.TextField(blank=True)
    health_history = models.TextField(blank=True)
    medications = models.TextField(blank=True)
    prior_treatments = models.PositiveSmallIntegerField(null=True, blank=True, help_text="TEDS NOPRIOR.")
    living_arrangement = models.CharField(max_length=12, choices=LivingArrangement, blank=True)
    employment = models.CharField(max_length=20, choices=Employment, blank=True)
    arrests_30_days = models.PositiveSmallIntegerField(null=True, blank=True)
    self_help = models.CharField(max_length=8, choices=SelfHelp, blank=True)
    recovery_environment = models.TextField(blank=True)
    strengths_and_wishes = models.TextField(blank=True)

    phi_fields = (
        "presenting_concern",
        "health_history",
        "medications",
        "prior_treatments",
        "living_arrangement",
        "employment",
        "arrests_30_days",
        "self_help",
        "recovery_environment",
        "strengths_and_wishes",
    )


class SubstanceUse(Record):
    """One substance of the interview: TEDS SUB, ROUTE, FREQ, FRSTUSE, in order of concern."""

    class Substance(models.TextChoices):
        ALCOHOL = "alcohol", "Alcohol"
        COCAINE = "cocaine", "Cocaine or crack"
        CANNABIS = "cannabis", "Cannabis"
        HEROIN = "heroin", "Heroin"
        METHADONE = "methadone", "Non-prescribed methadone"
        OTHER_OPIOIDS = "other-opioids", "Other opioids"
        PCP = "pcp", "PCP"
        HALLUCINOGENS = "hallucinogens", "Hallucinogens"
        METHAMPHETAMINE = "methamphetamine", "Methamphetamine"
        OTHER_STIMULANTS = "other-stimulants", "Other stimulants"
        BENZODIAZEPINES = "benzodiazepines", "Benzodiazepines"
        SEDATIVES = "sedatives", "Other sedatives"
        INHALANTS = "inhalants", "Inhalants"
        OTHER = "other", "Other"

    class Route(models.TextChoices):
        ORAL = "oral", "Oral"
        SMOKING = "smoking", "Smoking"
        INHALATION = "inhalation", "Inhalation"
        INJECTION = "injection", "Injection"
        OTHER = "other", "Other"

    class Frequency(models.TextChoices):
        NONE = "none", "No use in the past month"
        SOME = "some", "Some use"
        DAILY = "daily", "Daily use"

    interview = models.ForeignKey(IntakeInterview, models.CASCADE, related_name="substances")
    rank = models.PositiveSmallIntegerField(help_text="1 primary, 2 secondary, 3 tertiary.")
    substance = models.CharField(max_length=20, choices=Substance)
    route = models.CharField(max_length=12, choices=Route, blank=True)
    frequency = models.CharField(max_length=6, choices=Frequency, blank=True)
    age_first_use = models.PositiveSmallIntegerField(null=True, blank=True)

    phi_fields = ("substance", "route", "frequency", "age_first_use")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "rank"], name="substance_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=3), name="substance_rank_is_1_to_3"),
        ]


class Screening(Record):
    """FHIR QuestionnaireResponse with its score. The instruments are in `intake.instruments`."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in-progress", "Under way"
        COMPLETED = "completed", "Completed"
        AMENDED = "amended", "Amended"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screenings")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="screenings")
    instrument = models.SlugField(max_length=20)
    answers = ArrayField(models.PositiveSmallIntegerField(), help_text="The scored answer to each item, in order.")
    score = models.PositiveSmallIntegerField()
    band = models.CharField(max_length=60, help_text="What the official scoring calls this score.")
    safety_positive = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.COMPLETED)
    completed_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("answers", "score", "band", "safety_positive")

    class Meta:
        indexes = [models.Index(fields=["patient", "-completed_at"])]

    def get_absolute_url(self) -> str:
        return reverse("intake:screening_detail", args=[self.patient.uuid, self.uuid])


class LevelOfCareDetermination(Record):
    """What the ratings recommend, what was decided, and why the two differ if they do."""

    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="determinations")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="determinations")
    # Ratings 0 (no need) to 4 (imminent risk) of dimensions 1 to 5; dimension 6 is what the person wishes.
    ratings = ArrayField(models.PositiveSmallIntegerField(), size=5)
    person_centred = models.TextField("barriers and wishes", blank=True)
    recommended = models.ForeignKey(LevelOfCare, models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=200), help_text="Which rating and rule led there.")
    decided = models.ForeignKey(LevelOfCare, models.PROTECT, related_name="+")
    difference_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("ratings", "person_centred", "reasons", "difference_reason")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided=models.F("recommended")) | ~Q(difference_reason=""),
                name="level_difference_has_reason",
            )
        ]
        indexes = [models.Index(fields=["episode", "-decided_at"])]
