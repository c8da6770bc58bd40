"""One person is carried from the first call to the filed record, by everybody's own hands and screens."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from scheduling import tasks
from scheduling.models import Appointment, Reminder
from tests.journeys.stage import House, link_in
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PERSON = "Rivera, Marisol"


def test_from_the_first_call_to_the_filed_record(visit, house: House, postbox):
    intake = visit(house.people[Role.INTAKE])
    an_inquiry_is_added_and_accepted(intake)
    intake_completes_its_checklist(intake)
    the_packet_is_handed_over(intake)

    care = visit(house.people[Role.PATIENT_CARE])
    patient_care_accepts(care)
    patient_care_writes_the_plan(care)
    patient_care_gathers_the_team_and_shares(care)

    clinician = visit(house.people[Role.CLINICIAN])
    the_clinician_reads_the_plan(clinician)
    the_clinician_writes_the_packet(clinician)
    patient_care_hands_to_treatment(care)

    treatment = visit(house.people[Role.TREATMENT])
    treatment_accepts_and_builds_options(treatment)
    the_person_chooses_and_signs(treatment)
    one_of_the_first_free_times_is_booked(treatment)

    booked, reminder = Appointment.objects.get(), Reminder.objects.get()
    with time_machine.travel(reminder.send_at):
        tasks.send_due_reminders()
        (mail,) = postbox.messages
        assert mail["To"] == "marisol@example.net"
        link = link_in(mail)
        a_mail_scanner_opens_it_and_nothing_changes(visit(), link, booked)
        the_person_confirms(visit(scripts=False, width=360), link)
        treatment_sees_the_answer(visit(house.people[Role.TREATMENT]))

    with time_machine.travel(booked.starts_at + timedelta(minutes=90)):
        treatment = visit(house.people[Role.TREATMENT])
        the_visit_takes_place(treatment)
        a_group_is_held(visit(house.people[Role.ACTIVITIES]), timezone.localdate(timezone=house.facility.tz))
        treatment_submits_the_record(treatment)
        the_clerk_files_it(visit(house.people[Role.CLERK]))
        the_clinical_coordinator_sees_it_all(visit(house.people[Role.CLINICAL_COORDINATOR]))


def an_inquiry_is_added_and_accepted(intake: Visitor) -> None:
    intake.go().sees("No referral is waiting")
    intake.press("Add inquiry")
    intake.type({"Name": "Marisol Rivera", "Telephone or birth date": "555-010-4477", "Reason": "Wants to drink less."})
    intake.press("Save inquiry").sees("First response is due in 30 minutes")
    intake.go().sees(PERSON, intake.part("New referrals"))
    intake.press(f"Accept {PERSON}").sees("You hold the baton")


def intake_completes_its_checklist(intake: Visitor) -> None:
    intake.press("Edit Demographics")
    intake.type({"Birth date": "1990-05-17", "E-mail": "marisol@example.net"}).press("Save demographics")
    intake.press("Add coverage Coverage")
    intake.type({"Payer": "Hudson Mutual", "Member ID": "HM-2201"}).press("Save coverage")
    intake.sees("Check it with the payer next")
    intake.field("By telephone").check()
    intake.press("Log check")
    the_notice_is_signed(intake)
    consent_is_signed(intake)
    reminders_are_agreed(intake)
    the_interview_is_held(intake)
    a_screening_is_scored(intake)
    the_level_is_decided(intake)


def the_notice_is_signed(intake: Visitor) -> None:
    intake.press("Give Notice and consent").sees("What the law protects")
    intake.type({"Full name of the person who signs": "Marisol Rivera"})
    intake.press("Record").sees("the notice was given")


def consent_is_signed(intake: Visitor) -> None:
    intake.press("Intake").press("Ask Notice and consent").press("Begin Treatment, payment and operations")
    intake.press("Save and go on to sign").sees("My appointments, past and to come")
    intake.type({"Full name of the person who signs": "Marisol Rivera"})
    intake.press("I agree and sign").sees("Signature holds")


def reminders_are_agreed(intake: Visitor) -> None:
    intake.press("Intake").press("Settle Reminder channel")
    intake.field("I have explained the risk of e-mail, and the person understands it").check()
    intake.type({"Signature: full name, typed by the person who signs": "Marisol Rivera"})
    intake.press("Agree and sign").sees("Reminders go to this address")


def the_interview_is_held(intake: Visitor) -> None:
    intake.press("Intake").press("Interview Interview")
    intake.type(
        {
            "What brings the person here": "Drinks in the evenings and wants to stop.",
            "Earlier treatment episodes": "1",
            "Self-help groups, past 30 days": "None",
            "Living arrangement": "Independent living",
            "Employment": "Full time",
            "Arrests, past 30 days": "0",
        }
    )
    first = intake.page.get_by_role("group", name="Primary substance")
    intake.type({"Substance": "Alcohol", "Route": "Oral", "Use in the past month": "Daily use"}, first)
    intake.press("Complete interview").sees("The interview is complete")


def a_screening_is_scored(intake: Visitor) -> None:
    intake.press("Screen Screening").press("Start AUDIT-C")
    for answer in ("4 a week or more", "5 or 6", "Weekly"):
        intake.tick(answer)
    intake.press("Score and keep").sees("9 of 12")
    intake.press("Go on with the intake")


def the_level_is_decided(intake: Visitor) -> None:
    intake.press("Decide Level of care")
    groups = intake.page.get_by_role("group")
    for dimension, rating in zip("12345", ("1 Mild", "0 No need", "1 Mild", "2 Moderate", "1 Mild"), strict=True):
        group = groups.filter(has_text=re.compile(f"^\\s*{dimension}\\. "))
        intake.tick(rating, group)
    intake.sees("Recommended:").press("Decide")


def the_packet_is_handed_over(intake: Visitor) -> None:
    intake.press("Hand over").sees("2.1 Intensive outpatient")
    intake.press("Hand over to patient care").sees("The baton stays with you until somebody accepts")
    intake.go().sees(PERSON, intake.part("Handed over, not accepted yet"))


def patient_care_accepts(care: Visitor) -> None:
    care.go().sees(PERSON, care.part("To accept"))
    care.press(PERSON, care.part("To accept"))
    care.press("Accept")
    care.go().sees(PERSON, care.part("Care plans due"))


def patient_care_writes_the_plan(care: Visitor) -> None:
    care.press(f"Write the plan {PERSON}").press("Start the care plan")
    care.tap("Insert").sees("Live a week the person calls good")
    care.tap("Problem of our own").type({"What stands in the way": "Sleeps badly"}).tap("Add")
    care.tap("+ Goal under Problem 2").type({"What the person wants to reach": "Sleep through"}).tap("Add")
    care.tap("+ Objective under Goal 2.1").type({"A step one can see or count": "Five nights"}).tap("Add")
    care.tap("+ Intervention under Objective 2.1.1").type({"What we do": "Evening routine"}).tap("Add")
    care.sees("Evening routine")


def patient_care_gathers_the_team_and_shares(care: Visitor) -> None:
    care.press("Care team").type({"Colleague": "Akira Sato"}).press("Add to the team").sees("Akira Sato")
    care.press("Care plan").tap("Share edition 1").press("Share it")
    care.press("Ask a physician").type({"Physician or other clinician": "Daniel Okafor"}).press("Ask")
    care.go().sees("Daniel Okafor", care.part("Acknowledgements awaited"))


def the_clinician_reads_the_plan(clinician: Visitor) -> None:
    clinician.go().sees("Assessment asked for").press(f"Read and acknowledge {PERSON}")
    clinician.press("I have read edition 1")
    clinician.go().sees("No plan waits for you")


def the_clinician_writes_the_packet(clinician: Visitor) -> None:
    clinician.press(f"Write the packet {PERSON}")
    clinician.type(
        {
            "Findings": "Drinks daily since spring; no withdrawal seen.",
            "Primary diagnosis": "F10.20",
            "Available plan 1": "Outpatient counseling",
            "Available plan 2": "Intensive outpatient program",
        }
    )
    clinician.press("Save and send to the treatment desk").sees("F10.20")
    clinician.go().sees("No packet to write")


def patient_care_hands_to_treatment(care: Visitor) -> None:
    care.go().press(f"Open {PERSON}", care.part("My caseload")).press("Care plan").press("Hand over")
    expect(care.field("Hand to")).to_have_value("treatment:")
    care.type({"Next step for them": "Build options"}).press("Hand over").sees("Handed over")


def treatment_accepts_and_builds_options(treatment: Visitor) -> None:
    treatment.go().sees(PERSON, treatment.part("Physicians’ packets arrived"))
    treatment.press("2 Waiting for me to accept", treatment.page.get_by_role("navigation", name="Waiting for me"))
    treatment.press("Read and accept…").press("Accept")
    treatment.go().press(f"Build options {PERSON}")
    for plan, cost, covered in (
        ("Outpatient counseling", "900", "900"),
        ("Intensive outpatient program", "4200", "3000"),
    ):
        treatment.press(f"Build from this plan : {plan}")
        treatment.type({"What speaks for it": "Close to work.", "What speaks against it: risks and burdens": "Time."})
        treatment.type({"Length in weeks": "12", "Cost in all ($)": cost, "Covered by the plan ($)": covered})
        treatment.press("Keep the option")


def the_person_chooses_and_signs(treatment: Visitor) -> None:
    treatment.press("Present full screen").sees("Your options")
    treatment.tick("I choose this", treatment.page.get_by_role("article").filter(has_text="Outpatient counseling"))
    treatment.type({"Full name, typed as a signature": "Marisol Rivera"})
    treatment.field("I have understood the options, and typing my name is my signature.").check()
    treatment.press("I accept and sign")
    treatment.go().sees(PERSON, treatment.part("Accepted, not booked"))


def one_of_the_first_free_times_is_booked(treatment: Visitor) -> None:
    times = treatment.part("Accepted, not booked").get_by_role("list", name="First free times")
    expect(times.get_by_role("button")).to_have_count(3)
    with treatment.page.expect_navigation():
        times.get_by_role("button").first.click()
    treatment.look()
    treatment.go().sees("Every accepted option is booked")


def a_mail_scanner_opens_it_and_nothing_changes(scanner: Visitor, link: str, booked: Appointment) -> None:
    scanner.go(link).sees("Can you come?")
    booked.refresh_from_db()
    assert booked.reply == Appointment.Reply.NEEDS_ACTION


def the_person_confirms(person: Visitor, link: str) -> None:
    person.go(link).press("Confirm").sees("You have confirmed that you will come")
    assert person.context.cookies() == []


def treatment_sees_the_answer(treatment: Visitor) -> None:
    treatment.go().sees("Nobody needs a call")
    treatment.press("People", treatment.page.get_by_role("navigation", name="Main"))
    treatment.press(f"Open {PERSON}").press("Appointments").sees("Confirmed")


def the_visit_takes_place(treatment: Visitor) -> None:
    treatment.go().press("Schedule").press("09:00…")
    treatment.press("Arrived").press("Attended").sees("Attended")


def a_group_is_held(activities: Visitor, today: date) -> None:
    activities.go().sees(PERSON, activities.part("People in my groups"))
    activities.press("Programs", activities.page.get_by_role("navigation", name="Main")).press("Open studio")
    activities.type({"Person": "Marisol"}).press("Go on").type({"Planned times a week": "1"}).press("Enroll")
    activities.press("Plan sessions")
    activities.type({"Date": today.isoformat(), "From": "10:00", "To": "11:00", "Leader": "Akira Sato"})
    activities.press("Plan").tick("Present")
    activities.sees("Present, 60 min")
    activities.type({"Group note": "Everybody painted what the morning looked like."})
    activities.press("Save and go on to sign").press("Sign")
    activities.go().sees("Every note is signed")


def treatment_submits_the_record(treatment: Visitor) -> None:
    treatment.press("Overview").press("Submit to the clerk")
    for paper in treatment.page.get_by_role("group").get_by_role("checkbox").all():
        paper.check()
    treatment.press("Submit")


def the_clerk_files_it(clerk: Visitor) -> None:
    clerk.go().sees(PERSON, clerk.part("Envelopes received")).press(f"Accept {PERSON}")
    clerk.go().press(f"File or return {PERSON}", clerk.part("Accepted, to file"))
    clerk.type({"Filed where": "Shelf 4, box 12"}).press("File")
    clerk.go().sees("Shelf 4, box 12", clerk.part("Filed lately"))


def the_clinical_coordinator_sees_it_all(coordinator: Visitor) -> None:
    coordinator.go("/admin/").sees("Record filed", coordinator.part("Just happened"))
