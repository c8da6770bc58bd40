"""A story's end: the envelope to the clerk, and the closed episode."""

from accounts.roles import Role
from carecoord.demo.stories.life import Life
from episodes import services as episodes
from episodes.models import EpisodeOfCare
from records import services as records
from records.models import Document


def submit(life: Life) -> None:
    paper = life.document(Document.Kind.ACCEPTANCE)
    records.submit_record(
        patient=life.patient, facility=life.facility, documents=[paper], page_count=paper.pages, by=life.treatment
    )


def clerk_accepts(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    records.accept_submission(submission=envelope, by=life.house.someone(Role.CLERK))


def clerk_files(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    shelf, clerk = f"Shelf {life.random.randint(1, 9)}", envelope.answered_by
    records.file_submission(submission=envelope, location=shelf, by=clerk)  # type: ignore[arg-type]  # accepted


def clerk_returns(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    records.return_submission(
        submission=envelope, reason="The witness line is empty.", by=life.house.someone(Role.CLERK)
    )


def finish(life: Life) -> None:
    episodes.close_episode(episode=life.episode, status=EpisodeOfCare.Status.FINISHED, by=life.treatment)
