"""Options, their presentation, and the signed answer."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from careplans import services
from careplans.models import PlanPresentation, TreatmentOption
from careplans.selectors import option as selectors
from core.errors import DomainError
from episodes.models import EpisodeStep, Task
from patients import services as patients
from tests import factories
from tests.careplans import scene

Status = TreatmentOption.Status


def unsaved(**fields) -> TreatmentOption:
    fields = {"title": "Weekly", "benefits": "b", "risks": "r", "cost_total": Decimal("100.00"), **fields}
    return TreatmentOption(**fields)


@pytest.mark.django_db
class TestOptions:
    def test_building_the_first_option_closes_the_request(self, packet, treatment):
        scene.option(packet, treatment)
        assert not Task.objects.open().filter(kind="packet-arrived").exists()

    def test_four_options_are_enough(self, packet, treatment):
        for number in range(4):
            scene.option(packet, treatment, f"Option {number}")
        with pytest.raises(DomainError, match="4 options"):
            scene.option(packet, treatment, "One more")

    def test_the_covered_part_is_within_the_cost(self, packet, treatment):
        with pytest.raises(DomainError, match="cannot be more"):
            scene.option(packet, treatment, cost_covered=Decimal("1000.01"))

    def test_options_need_a_packet_that_was_sent(self, on_team, clinician, treatment):
        with pytest.raises(DomainError, match="has been sent"):
            scene.option(scene.draft(on_team, clinician), treatment)

    @pytest.mark.parametrize("count", [0, 1])
    def test_one_option_is_no_choice(self, packet, treatment, count):
        for _ in range(count):
            scene.option(packet, treatment)
        with pytest.raises(DomainError, match="2 to 4"):
            services.start_presentation(patient=packet.patient, by=treatment)

    def test_a_withdrawn_option_stays_on_the_record(self, packet, treatment):
        row = services.withdraw_option(option=scene.option(packet, treatment), by=treatment)
        assert row.status == Status.WITHDRAWN
        with pytest.raises(DomainError, match="no longer on offer"):
            services.withdraw_option(option=row, by=treatment)


@pytest.mark.django_db
class TestPresentation:
    def test_presenting_marks_the_options_and_the_step(self, shown):
        assert set(shown.episode.treatment_options.values_list("status", flat=True)) == {Status.PRESENTED}
        assert EpisodeStep.objects.filter(kind=EpisodeStep.Kind.OPTIONS_PRESENTED).exists()

    def test_presenting_again_before_an_answer_is_the_same_presentation(self, shown, treatment):
        assert services.start_presentation(patient=shown.patient, by=treatment) == shown

    def test_accepting_signs_freezes_and_asks_for_the_booking(self, shown, treatment):
        presentation = scene.accept(shown, treatment, teach_back="Once a week, beside work.")
        chosen = presentation.accepted
        assert chosen.status == Status.ACCEPTED
        assert presentation.signature.witness == treatment
        assert presentation.signature.sha256 == presentation.document.sha256
        others = shown.episode.treatment_options.exclude(pk=chosen.pk)
        assert set(others.values_list("status", flat=True)) == {Status.WITHDRAWN}
        assert EpisodeStep.objects.filter(kind=EpisodeStep.Kind.OPTION_ACCEPTED).exists()
        shown.episode.refresh_from_db()
        assert shown.episode.next_step == "Book the physician's visit"

    def test_the_paper_has_the_exact_words_of_all_options(self, shown, treatment):
        text = scene.accept(shown, treatment).document.text
        for option in shown.episode.treatment_options.all():
            for words in (option.title, option.benefits, option.risks):
                assert words in text
        assert "To pay: $100.00, 1 month at $33.34, then 2 months at $33.33" in text

    def test_a_change_since_the_presentation_asks_to_present_again(self, shown, treatment):
        option = shown.episode.treatment_options.first()
        option.risks = "Something else."
        services.save_option(option=option, assessment=option.assessment, by=treatment)
        with pytest.raises(DomainError, match="Present them again"):
            scene.accept(shown, treatment)
        again = services.start_presentation(patient=shown.patient, by=treatment)
        assert scene.accept(again, treatment).accepted == option

    def test_an_option_built_after_the_presentation_asks_to_present_again(self, shown, packet, treatment):
        scene.option(packet, treatment, "A third")
        with pytest.raises(DomainError, match="Present them again"):
            scene.accept(shown, treatment)

    def test_an_accepted_option_is_edited_by_nobody(self, shown, treatment):
        option = scene.accept(shown, treatment).accepted
        option.title = "Another name"
        with pytest.raises(DomainError, match="accepted and signed"):
            services.save_option(option=option, assessment=option.assessment, by=treatment)

    def test_the_database_refuses_to_change_or_delete_an_accepted_option(self, shown, treatment):
        rows = TreatmentOption.objects.filter(pk=scene.accept(shown, treatment).accepted.pk)
        with pytest.raises(IntegrityError, match="final"), transaction.atomic():
            rows.update(cost_total=1)
        with pytest.raises(IntegrityError, match="final"), transaction.atomic():
            rows._raw_delete("default")

    def test_no_name_no_signature(self, shown, treatment):
        with pytest.raises(DomainError, match="name"):
            scene.accept(shown, treatment, signer_name=" ")
        assert not TreatmentOption.objects.filter(status=Status.ACCEPTED).exists()

    def test_declining_one_leaves_the_other_to_be_signed(self, shown, treatment):
        first, second = shown.episode.treatment_options.order_by("position")
        last = services.decline_option(presentation=shown, option=first, reason="Too long.", by=treatment)
        assert last is False
        assert scene.accept(shown, treatment, option=second).accepted == second

    def test_declining_one_by_one_ends_the_presentation(self, shown, treatment):
        answers = [
            services.decline_option(presentation=shown, option=option, reason="No.", by=treatment)
            for option in shown.episode.treatment_options.order_by("position")
        ]
        shown.refresh_from_db()
        assert answers == [False, True]
        assert shown.declined_all_at is not None

    def test_declining_all_asks_for_a_reason_and_leaves_room_for_new_options(self, shown, packet, treatment):
        with pytest.raises(DomainError, match="reason"):
            services.decline_all(presentation=shown, reason=" ", by=treatment)
        services.decline_all(presentation=shown, reason="Wants to move first.", by=treatment)
        with pytest.raises(DomainError, match="answer"):
            scene.accept(shown, treatment)
        assert scene.presentation(packet, treatment) != shown

    def test_wanting_to_think_reminds_the_desk(self, shown, treatment):
        services.keep_thinking(presentation=shown, teach_back="Asks her sister.", by=treatment)
        task = Task.objects.open().get(kind="decision-awaited")
        assert (task.owner_role, task.focus) == (Role.TREATMENT, shown)
        scene.accept(shown, treatment)
        assert not Task.objects.open().filter(kind="decision-awaited").exists()

    def test_who_gave_the_answer_is_in_the_history(self, shown, treatment):
        presentation = scene.accept(shown, treatment)
        assert presentation.history.first().history_user == treatment
        assert presentation.accepted.history.first().history_user == treatment

    def test_a_stale_presentation_is_seen(self, shown, packet, treatment):
        assert not selectors.is_stale(shown, selectors.shown_options(shown))
        scene.option(packet, treatment, "A third")
        assert selectors.is_stale(shown, selectors.shown_options(shown))


@pytest.mark.django_db(transaction=True)
def test_two_people_accepting_different_options_leave_one():
    """Real transactions: each in a thread and a connection of its own."""
    facility = factories.FacilityFactory(code="race", name="Race House")
    clinician, treatment = (factories.person(role, facility) for role in (Role.CLINICIAN, Role.TREATMENT))
    patient = factories.patient(facility)
    factories.episode(patient, facility, by=treatment, role=Role.TREATMENT)
    patients.add_care_team_member(patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=treatment)
    shown = scene.presentation(scene.packet(patient, clinician), treatment)
    options = list(shown.episode.treatment_options.all())
    start, answers = threading.Barrier(len(options)), []

    def accept(option: TreatmentOption) -> None:
        start.wait()
        try:
            services.accept_option(
                presentation=PlanPresentation.objects.get(pk=shown.pk),
                option=option,
                signer_name="Marisol Rivera",
                by=treatment,
            )
            answers.append("accepted")
        except DomainError as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(option,)) for option in options]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["accepted", "presentation.decided"]
    assert TreatmentOption.objects.filter(status=Status.ACCEPTED).count() == 1
