//! How a try ended, with what is kept of it.

use carillon_domain::message::{TryEnd, end_of};
use carillon_domain::verdict::{Rule, Verdict};
use carillon_domain::{Message, Reason};
use carillon_ports::catalogue::RenderError;
use carillon_ports::content::Content;
use carillon_ports::provider::SendError;
use carillon_ports::store::{Claimed, MessageCost, Outcome};
use chrono::{DateTime, TimeDelta, Utc};

use crate::digest;
use crate::senders::Asked;

/// How long a message waits when a provider does not know our credentials.
const CREDENTIAL_WAIT: TimeDelta = TimeDelta::seconds(60);
/// After so many claims a message that waits for credentials is given up: a day, at one a minute.
const MOST_HOLDS: u32 = 1_440;

/// How a try ended, with what is kept of it.
pub(crate) struct Ended {
    pub(crate) end: TryEnd,
    pub(crate) cost: Option<MessageCost>,
    pub(crate) decided: Option<String>,
    pub(crate) folds_at: Option<DateTime<Utc>>,
    pub(crate) settles: Option<(DateTime<Utc>, String)>,
    pub(crate) provider: Option<&'static str>,
    pub(crate) provider_id: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) content: Option<Content>,
    pub(crate) bad_address: bool,
}

impl Ended {
    /// What is recorded of it.
    pub(crate) fn outcome(
        self,
        claimed: &Claimed,
        started_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
    ) -> Outcome {
        Outcome {
            message: claimed.message.id,
            attempt: claimed.message.attempt,
            recipient: claimed.notification.recipient.clone(),
            after: claimed.message.after(&self.end, finished_at),
            provider: self.provider,
            provider_id: self.provider_id,
            detail: self.detail,
            content: self.content,
            cost: self.cost,
            decided: self.decided,
            folds_at: self.folds_at,
            settles: self.settles,
            started_at,
            finished_at,
        }
    }

    pub(crate) fn plain(end: TryEnd) -> Self {
        Self {
            end,
            cost: None,
            decided: None,
            folds_at: None,
            settles: None,
            provider: None,
            provider_id: None,
            detail: None,
            content: None,
            bad_address: false,
        }
    }

    pub(crate) fn dropped(reason: Reason) -> Self {
        tracing::debug!(%reason, end = %end_of(reason), "a message is dropped");
        Self::plain(TryEnd::Dropped(reason))
    }

    /// Not now: later, or as a line of a list.
    pub(crate) fn held(rule: Rule, verdict: Verdict) -> Self {
        let decided = Some(rule.to_string());
        match verdict {
            Verdict::Leave | Verdict::Stop(_) => {
                Self::plain(TryEnd::Retry { reason: Reason::Retrying, not_before: None })
            }
            Verdict::Later { at, why } => {
                Self { decided, ..Self::plain(TryEnd::Hold { reason: why, until: at }) }
            }
            Verdict::Fold { at, why } => {
                let end = TryEnd::Fold { reason: why, until: digest::by_itself_at(at) };
                Self { decided, folds_at: Some(at), ..Self::plain(end) }
            }
        }
    }

    /// Whether a provider has it, or may have it.
    pub(crate) fn may_be_billed(&self) -> bool {
        matches!(self.end, TryEnd::Accepted | TryEnd::InDoubt)
    }

    pub(crate) fn costing(self, cost: MessageCost) -> Self {
        Self { cost: Some(cost), ..self }
    }

    pub(crate) fn unrendered(error: &RenderError) -> Self {
        let reason = match error {
            RenderError::NoTemplate => Reason::NoTemplate,
            RenderError::Failed(_) => Reason::RenderFailed,
        };
        Self { detail: Some(error.to_string()), ..Self::dropped(reason) }
    }

    pub(crate) fn asked(asked: Asked, content: Content, message: &Message, now: DateTime<Utc>) -> Self {
        let detail = asked.detail();
        let plain = |end| Self { provider: asked.provider, detail: detail.clone(), ..Self::plain(end) };
        if let (None, Some(until)) = (asked.provider, asked.rests_until) {
            return plain(TryEnd::Hold { reason: Reason::ProviderDown, until });
        }
        match asked.answer {
            Ok(taken) => {
                Self { provider_id: taken.provider_id, content: Some(content), ..plain(TryEnd::Accepted) }
            }
            Err(SendError::Rejected { bad_address, .. }) => Self { bad_address, ..plain(TryEnd::Rejected) },
            Err(SendError::Throttled { retry_at, .. }) => {
                plain(TryEnd::Retry { reason: Reason::Throttled, not_before: retry_at })
            }
            Err(SendError::Deferred(_)) => {
                plain(TryEnd::Retry { reason: Reason::Deferred, not_before: None })
            }
            Err(SendError::Unavailable(_)) => {
                plain(TryEnd::Retry { reason: Reason::Retrying, not_before: None })
            }
            // Not all were asked: one of the others may take it.
            Err(SendError::Unsupported(_)) if asked.rests_until.is_some() || asked.is_cut_short => {
                plain(match asked.rests_until {
                    Some(until) => TryEnd::Hold { reason: Reason::ProviderDown, until },
                    None => TryEnd::Retry { reason: Reason::Retrying, not_before: None },
                })
            }
            Err(SendError::Unsupported(_)) => plain(TryEnd::Dropped(Reason::InvalidAddress)),
            // Should a receipt say that it was sent after all, the text is needed.
            Err(SendError::InDoubt(_)) => Self { content: Some(content), ..plain(TryEnd::InDoubt) },
            Err(SendError::Credential(_)) if message.attempt > MOST_HOLDS => {
                plain(TryEnd::Dropped(Reason::Credential))
            }
            Err(SendError::Credential(_)) => {
                plain(TryEnd::Hold { reason: Reason::Credential, until: now + CREDENTIAL_WAIT })
            }
        }
    }
}
