//! What the store's ports ask of every adapter. Run it with [`store_contract!`](crate::store_contract).

#![expect(
    clippy::missing_panics_doc,
    reason = "a requirement panics where it is not met: that is what it is for"
)]

mod accepting;
mod addresses;
mod alarms;
mod bulk;
mod choosing;
mod delivering;
mod inbox;
mod operating;
mod people;
mod planning;
mod reading;
mod receipts;
mod retention;
mod spending;
mod texting;
mod texts;

use std::sync::Arc;

use carillon_domain::ids::MessageId;
use carillon_domain::message::TryEnd;
use carillon_ports::content::Content;
use carillon_ports::receipts::ReceiptStore;
use carillon_ports::store::{Acceptance, Accepted, Claimed, Outcome};
use carillon_ports::{
    Alarms, ApiKeys, Appointments, Batches, BusinessTexts, Caps, Costs, Digests, Directory, History,
    InboundTexts, Inbox, MessageStore, Operations, ProviderBoard, Retention, Statistics,
};
use chrono::{DateTime, TimeDelta, Utc};

pub use accepting::*;
pub use addresses::*;
pub use alarms::*;
pub use bulk::*;
pub use choosing::*;
pub use delivering::*;
pub use inbox::*;
pub use operating::*;
pub use people::*;
pub use planning::*;
pub use reading::*;
pub use receipts::*;
pub use retention::*;
pub use spending::*;
pub use texting::*;
pub use texts::*;

use crate::ids::CountingIds;

/// A fresh store behind all of its ports.
#[derive(Clone)]
pub struct Stores {
    /// The one path.
    pub store: Arc<dyn MessageStore>,
    /// Appointments and their reminders.
    pub appointments: Arc<dyn Appointments>,
    /// Businesses and people.
    pub directory: Arc<dyn Directory>,
    /// Search and timelines.
    pub history: Arc<dyn History>,
    /// In-app notifications.
    pub inbox: Arc<dyn Inbox>,
    /// Bulk requests.
    pub batches: Arc<dyn Batches>,
    /// Dead letters, backlog, audit trail.
    pub operations: Arc<dyn Operations>,
    /// Outcomes in numbers.
    pub statistics: Arc<dyn Statistics>,
    /// Texts of businesses.
    pub business_texts: Arc<dyn BusinessTexts>,
    /// How much anybody gets.
    pub caps: Arc<dyn Caps>,
    /// What waits for lists.
    pub digests: Arc<dyn Digests>,
    /// What messages cost.
    pub costs: Arc<dyn Costs>,
    /// Alarms that stand.
    pub alarms: Arc<dyn Alarms>,
    /// Which providers are asked.
    pub providers: Arc<dyn ProviderBoard>,
    /// How long history is kept.
    pub retention: Arc<dyn Retention>,
    /// What comes back from providers.
    pub receipts: Arc<dyn ReceiptStore>,
    /// What people write back.
    pub texts: Arc<dyn InboundTexts>,
    /// API keys and audit.
    pub keys: Arc<dyn ApiKeys>,
    /// The ids that the test and the store share.
    pub ids: Arc<CountingIds>,
}

impl Stores {
    async fn accept(&self, acceptance: Acceptance) {
        assert_eq!(self.store.append(acceptance).await, Ok(Accepted::Stored));
    }

    async fn claim(&self, ids: &[MessageId], now: DateTime<Utc>) -> Vec<Claimed> {
        self.store.claim(ids, TimeDelta::seconds(30), now).await.expect("a claim")
    }

    async fn record(
        &self,
        claimed: &Claimed,
        end: &TryEnd,
        content: Option<Content>,
        now: DateTime<Utc>,
    ) -> bool {
        let outcome = outcome(claimed, end, content, now);
        self.store.record(vec![outcome]).await.expect("a record")[0]
    }
}

fn outcome(claimed: &Claimed, end: &TryEnd, content: Option<Content>, now: DateTime<Utc>) -> Outcome {
    Outcome {
        message: claimed.message.id,
        attempt: claimed.message.attempt,
        recipient: claimed.notification.recipient.clone(),
        after: claimed.message.after(end, now),
        provider: Some("test"),
        provider_id: Some("p-1".to_owned()),
        detail: None,
        content,
        cost: None,
        decided: None,
        settles: None,
        folds_at: None,
        started_at: now,
        finished_at: now,
    }
}

fn in_app(title: &str) -> Content {
    Content::InApp { title: title.to_owned(), body: "body".to_owned(), action: None }
}

fn message_ids(acceptance: &Acceptance) -> Vec<MessageId> {
    acceptance.messages.iter().map(|message| message.id).collect()
}

/// Runs every requirement of the store as a test of its own, each on a fresh store.
///
/// `$make` names an `async fn() -> (Stores, impl Sized)`: the store, and whatever must live as long.
#[macro_export]
macro_rules! store_contract {
    ($make:path) => {
        $crate::store_contract! { @each $make:
            what_is_accepted_can_be_claimed_with_all_that_is_needed,
            one_key_is_one_acceptance_however_many_post_at_once,
            a_key_with_another_body_is_refused_and_writes_nothing,
            an_old_key_is_forgotten,
            many_acceptances_at_once_are_all_kept,
            a_new_revision_calls_off_what_was_planned_for_the_old,
            a_claim_of_an_old_revision_says_so,
            an_appointment_is_read_back_as_agreed,
            the_newest_announced_revision_of_each_recipient_is_known,
            a_change_that_was_overtaken_writes_nothing,
            reminders_come_with_their_appointment,
            what_lies_ahead_is_found_by_start,
            a_change_of_plans_is_committed_whole,
            a_change_of_plans_from_settings_that_have_changed_writes_nothing,
            a_change_of_plans_that_was_overtaken_writes_nothing,
            a_reminder_is_planned_once_however_many_plan_it,
            what_came_too_late_is_told_once,
            what_happened_in_a_span_is_counted,
            a_mark_is_kept_until_it_is_replaced,
            each_message_is_claimed_by_one,
            what_a_message_refers_to_and_is_not_stored_is_missing_from_its_claim,
            a_late_outcome_changes_nothing,
            the_outcome_of_a_try_is_what_the_timeline_shows,
            a_failed_try_waits_and_is_queued_when_due,
            what_is_due_later_is_not_queued_before,
            a_message_whose_worker_died_is_found,
            a_queued_message_that_stands_still_is_found_once,
            in_app_texts_are_numbered_without_gaps,
            what_has_left_cannot_be_called_off,
            what_failed_can_be_tried_again,
            a_person_is_read_back_as_stored,
            an_erased_person_is_gone_and_so_is_what_they_were_sent,
            a_person_who_comes_back_breaks_nothing_of_before,
            nobody_takes_over_a_person_of_another_business,
            decisions_hold_and_are_kept_as_proof,
            a_decision_towards_everybody_holds_towards_each,
            a_suppressed_address_stays_suppressed_for_whoever_has_it,
            nobody_sees_what_belongs_to_another,
            pages_are_newest_first_and_end,
            each_filter_narrows_the_search,
            an_inbox_is_read_and_tidied,
            an_item_is_read_by_one,
            an_inbox_is_followed_from_a_cursor,
            whoever_follows_an_inbox_misses_nothing,
            what_was_seen_stays_seen,
            the_newest_item_of_each_is_known_at_once,
            a_key_is_found_until_it_is_revoked,
            a_receipt_that_comes_again_is_applied_once,
            a_receipt_that_beats_our_own_record_is_applied_after_it,
            a_receipt_settles_a_doubt_before_anything_is_sent_again,
            a_receipt_settles_the_try_of_a_worker_that_died,
            a_receipt_of_an_older_try_calls_the_next_one_off,
            a_receipt_does_not_bring_back_what_was_called_off,
            a_receipt_of_an_unknown_message_is_dropped,
            any_order_of_receipts_ends_in_the_right_state,
            a_dead_address_is_suppressed_as_it_was_tried,
            a_receipt_without_our_ids_finds_its_message,
            an_address_that_takes_nothing_for_now_rests,
            a_complaint_holds_for_the_business_that_was_complained_of,
            who_texts_stop_is_left_alone_until_start,
            an_erased_persons_texts_are_gone,
            what_stands_against_addresses_is_listed_and_lifted,
            what_stands_against_an_address_gives_way_by_one_rule,
            a_stop_outlasts_a_bounce_of_the_same_number,
            a_text_is_settled_once_and_keeps_its_answer,
            a_text_that_was_only_kept_is_found,
            what_passed_with_a_number_is_found,
            a_stop_is_settled_whole_and_start_lifts_it,
            a_text_is_settled_with_its_event_or_not_at_all,
            a_text_for_staff_is_passed_on_once_and_the_next_a_minute_later,
            what_an_erased_person_wrote_from_an_older_number_is_gone_too,
            a_category_is_turned_off_for_each_kind_of_it,
            decisions_stand_in_a_chain,
            decisions_at_once_stand_one_after_the_other,
            what_was_worked_out_from_something_else_is_refused,
            an_erased_persons_decisions_stay_without_an_internet_address,
            what_a_person_chose_stays_until_they_are_erased,
            a_bulk_request_is_accepted_whole_and_can_be_claimed,
            a_repeated_bulk_request_is_answered_and_not_accepted_again,
            a_bulk_request_that_contradicts_writes_nothing,
            what_is_urgent_is_found_apart_from_bulk,
            a_batch_is_followed_until_its_last_message_has_left,
            what_waits_in_a_batch_is_called_off,
            nobody_sees_a_batch_of_another,
            bulk_requests_and_single_events_are_accepted_side_by_side,
            what_was_given_up_is_listed_newest_first,
            dead_letters_are_filtered_and_bound_by_reach,
            a_dead_letter_can_be_tried_again,
            a_dead_letter_can_be_put_away,
            the_backlog_is_what_has_not_ended,
            outcomes_are_counted_within_the_window,
            what_people_do_with_messages_is_counted,
            what_a_provider_took_lately_is_counted,
            a_wait_is_measured_from_the_first_time_it_was_due,
            the_audit_trail_is_read_newest_first,
            a_text_of_a_business_keeps_all_its_versions,
            a_cap_is_exact_however_many_ask,
            what_has_one_id_is_counted_once_within_a_span,
            what_has_one_id_is_counted_once_however_many_ask,
            what_is_urgent_has_room_above_a_cap_and_a_span_ends,
            a_budget_is_exact_however_many_spend,
            costs_are_counted_by_day_kind_and_country,
            a_folded_message_waits_for_its_list_and_ends_with_it,
            another_channel_stands_in_once,
            an_alarm_begins_once_however_many_raise_it,
            an_alarm_that_is_renewed_goes_on,
            an_operators_wish_outlives_reports,
            dead_letters_are_changed_by_the_hundred,
            what_ended_long_ago_is_forgotten_and_what_is_open_is_not,
        }
    };
    (@each $make:path: $($requirement:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $requirement() {
                let (stores, _alive) = $make().await;
                $crate::contract::store::$requirement(stores).await;
            }
        )+
    };
}
