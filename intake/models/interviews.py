"""The intake interview and the substances told in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Patient


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
