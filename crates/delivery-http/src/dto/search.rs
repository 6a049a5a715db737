//! The parameters of lists.

use carillon_application::notifications::LONGEST_PAGE;
use carillon_domain::{BusinessId, Channel, KindName, NotificationId, PersonId, Status};
use chrono::{DateTime, Utc};
use utoipa::IntoParams;

use crate::dto::cursor::not_ours;
use crate::dto::names::{ChannelName, StatusName};
use crate::query::{FromQuery, Pairs};
use crate::world::{Filter, Page};

/// The length of a page that nobody asked a length of.
const USUAL_PAGE: u32 = 50;

/// Which notifications are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationSearch {
    /// Of this business.
    #[param(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// For this person.
    #[param(value_type = Option<String>, example = "client-77")]
    recipient_id: Option<PersonId>,
    /// Of this kind.
    #[param(value_type = Option<String>, example = "client.appointment_confirmed")]
    kind: Option<KindName>,
    /// With a message in this state.
    #[param(value_type = Option<StatusName>)]
    status: Option<Status>,
    /// With a message by this channel.
    #[param(value_type = Option<ChannelName>)]
    channel: Option<Channel>,
    /// Made at or after (RFC 3339 with offset).
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Made before (RFC 3339 with offset).
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<DateTime<Utc>>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: u32,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<NotificationId>,
}

/// Which part of the inbox is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxSearch {
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    pub(crate) limit: u32,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<i64>,
}

impl FromQuery for NotificationSearch {
    fn read(query: &mut Pairs) -> Self {
        Self {
            business_id: query.take("business_id"),
            recipient_id: query.take("recipient_id"),
            kind: query.take("kind"),
            status: query.take("status"),
            channel: query.take("channel"),
            since: query.take_as("since", time),
            until: query.take_as("until", time),
            limit: limit(query),
            after: query.take("after"),
        }
    }
}

impl FromQuery for InboxSearch {
    fn read(query: &mut Pairs) -> Self {
        let after = query.take_as("after", |text| text.parse().map_err(|_| not_ours()));
        Self { limit: limit(query), after }
    }
}

impl NotificationSearch {
    /// The filter and the page.
    pub(crate) fn split(self) -> (Filter, Page) {
        let filter = Filter {
            business: self.business_id,
            recipient: self.recipient_id,
            kind: self.kind,
            status: self.status,
            channel: self.channel,
            since: self.since,
            until: self.until,
        };
        (filter, Page { after: self.after, limit: self.limit })
    }
}

/// The length of a page.
pub(crate) fn limit(query: &mut Pairs) -> u32 {
    let read = |text: &str| match text.parse::<u32>() {
        Ok(limit) if (1..=LONGEST_PAGE).contains(&limit) => Ok(limit),
        Ok(_) | Err(_) => Err(format!("must be a whole number from 1 to {LONGEST_PAGE}")),
    };
    query.take_as("limit", read).unwrap_or(USUAL_PAGE)
}

/// A plus sign that was not percent-encoded has become a space: it can only have been the offset's.
pub(crate) fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let text = text.replace(' ', "+");
    let time = DateTime::parse_from_rfc3339(&text)
        .map_err(|_| "must be an RFC 3339 time with offset, such as 2026-12-03T14:30:00+01:00".to_owned())?;
    Ok(time.to_utc())
}
