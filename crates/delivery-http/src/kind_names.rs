//! What kinds are called on pages for people.

use carillon_domain::{Category, Kind};

use crate::preference_words;

/// Kinds with what they are called in French and in English. A kind that is not among them is called as its category.
const NAMES: &[(&str, &str, &str)] = &[
    ("client.appointment_cancelled", "Annulations de rendez-vous", "Appointment cancellations"),
    ("client.appointment_confirmed", "Confirmations de rendez-vous", "Appointment confirmations"),
    ("client.appointment_rescheduled", "Rendez-vous déplacés", "Moved appointments"),
    ("client.digest", "Notifications groupées", "Updates in one message"),
    ("client.payment_confirmed", "Confirmations de paiement", "Payment confirmations"),
    ("client.practitioner_changed", "Changements d’interlocuteur", "Changes of who will see you"),
    ("client.reminder_1h", "Rappels une heure avant", "Reminders one hour ahead"),
    ("client.reminder_24h", "Rappels la veille", "Reminders one day ahead"),
    ("client.review_request", "Demandes d’avis", "Requests for reviews"),
    ("client.service_changed", "Changements de prestation", "Changes of service"),
    ("owner.activity_report", "Rapports d’activité", "Activity reports"),
    ("owner.appointment_booked", "Nouveaux rendez-vous", "New appointments"),
    ("owner.appointment_cancelled", "Annulations par les clients", "Cancellations by clients"),
    ("owner.appointment_rescheduled", "Rendez-vous déplacés", "Moved appointments"),
    ("owner.clients_to_call", "Clients à appeler", "Clients to call"),
    ("owner.payment_received", "Paiements reçus", "Payments received"),
    ("owner.sms_budget", "Budget SMS", "SMS budget"),
    ("owner.staff_availability_changed", "Disponibilités de l’équipe", "Team availability"),
    ("owner.subscription_renewal", "Renouvellement de l’abonnement", "Subscription renewal"),
    ("platform.business_registered", "Nouveaux établissements", "New businesses"),
    ("platform.critical_system_alert", "Alertes critiques", "Critical alerts"),
    ("platform.customer_payment_failed", "Paiements d’abonnement refusés", "Failed subscription payments"),
    ("platform.digest", "Notifications groupées", "Updates in one message"),
    ("platform.fraud_detected", "Fraudes suspectées", "Suspected fraud"),
    ("platform.health_degraded", "Services dégradés", "Degraded services"),
    ("platform.quota_exceeded", "Quotas dépassés", "Exceeded quotas"),
    ("platform.subscription_changed", "Changements d’abonnement", "Subscription changes"),
    ("platform.system_recovered", "Retours à la normale", "Recoveries"),
    ("platform.urgent_support_ticket", "Tickets urgents", "Urgent tickets"),
    ("staff.agenda", "Agenda du lendemain", "Agenda of the next day"),
    ("staff.appointment_assigned", "Rendez-vous attribués", "Appointments assigned to you"),
    ("staff.appointment_cancelled", "Rendez-vous annulés", "Cancelled appointments"),
    ("staff.appointment_reminder", "Rappels de rendez-vous", "Appointment reminders"),
    ("staff.client_message", "Messages de clients", "Messages from clients"),
    ("staff.client_no_show", "Rendez-vous manqués", "Missed appointments"),
    ("staff.digest", "Notifications groupées", "Updates in one message"),
    ("staff.schedule_changed", "Changements de planning", "Schedule changes"),
    ("staff.shift_starting", "Début de service", "Start of a shift"),
    ("support.appointment_to_confirm", "Rendez-vous à confirmer", "Appointments to confirm"),
    ("support.cancellation_requested", "Demandes d’annulation", "Cancellation requests"),
    ("support.client_question", "Questions de clients", "Questions from clients"),
    ("support.payment_problem", "Problèmes de paiement", "Payment problems"),
];

/// What a kind is called: French for French readers, English for all others.
pub(crate) fn of(kind: &Kind, language: &str) -> &'static str {
    let named = NAMES.iter().find(|(name, ..)| *name == kind.name.as_str());
    match named {
        Some((_, french, english)) => {
            if language == "fr" {
                french
            } else {
                english
            }
        }
        None => preference_words::of(language).category(Category::of(kind), kind.actor).0,
    }
}
