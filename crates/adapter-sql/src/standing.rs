//! What stands against a channel of a person. It is read with the person's row, so that both need one statement.

use std::collections::HashMap;

use carillon_domain::decision::Standing;
use carillon_domain::{Channel, decided};
use carillon_ports::StoreError;
use carillon_ports::directory::{Holding, StandingQuery};
use serde::de::DeserializeOwned;

use crate::columns::Columns;
use crate::consents::held;
use crate::entity::person;
use crate::error::unreadable;
use crate::people::Known;
use crate::sql::{millis, tenant};

/// What is read beside a row of `people`, as lists in JSON; none where nothing stands there.
pub(crate) struct Stands {
    decided: Option<String>,
    suppressed: Option<String>,
}

impl Stands {
    /// Takes the [`columns`].
    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { decided: columns.take()?, suppressed: columns.take()? })
    }
}

/// What [`Stands::read`] takes, of `people`.
pub(crate) fn columns(is_postgres: bool) -> String {
    let (list, row) =
        if is_postgres { ("json_agg", "json_build_array") } else { ("json_group_array", "json_array") };
    format!(
        "(SELECT CAST({list}({row}(business_id, topic, channel, CAST(allowed AS INTEGER))) AS TEXT) FROM preferences \
         WHERE person_id = people.id) AS decided, \
         (SELECT CAST({list}({row}(address_index, business_id, until_at)) AS TEXT) FROM suppressions \
         WHERE address_index IN (people.email_index, people.phone_index)) AS suppressed"
    )
}

/// A business, a topic, a channel, and whether it is allowed (1).
type Decided = (String, String, String, u8);
/// An address that must not be used, by which business (by all of them where that is empty), and until when (for good where that is null).
type Suppressed = (String, String, Option<i64>);

/// What stands against one person.
struct Against {
    row: person::Model,
    holding: Vec<Holding>,
    suppressed: Vec<Suppressed>,
}

/// What was decided and what bounced, for some people.
pub(crate) struct Standings(HashMap<String, Against>);

fn list<T: DeserializeOwned>(json: Option<&String>) -> Result<Vec<T>, StoreError> {
    let read =
        |json: &String| serde_json::from_str(json).map_err(|_| unreadable("what stands against a person"));
    json.map_or_else(|| Ok(Vec::new()), read)
}

impl Standings {
    /// What was read with these people.
    pub(crate) fn of_people(known: impl IntoIterator<Item = Known>) -> Result<Self, StoreError> {
        let against = |Known { row, stands, .. }: Known| {
            let (decided, suppressed) =
                (list::<Decided>(stands.decided.as_ref())?, list(stands.suppressed.as_ref())?);
            let holding = decided
                .iter()
                .map(|(business, topic, channel, allowed)| held(business, topic, channel, *allowed == 1));
            Ok((row.id.clone(), Against { holding: holding.collect::<Result<_, _>>()?, row, suppressed }))
        };
        known.into_iter().map(against).collect::<Result<_, _>>().map(Self)
    }

    /// What stands against one channel of one person.
    pub(crate) fn of(&self, query: &StandingQuery) -> Standing {
        let Some(against) = self.0.get(query.person.as_str()) else {
            return Standing::default();
        };
        let verdict = decided::verdict(&query.kind, query.purpose, |topic| {
            decided::decided(&against.holding, query.business.as_ref(), topic, query.channel)
        });
        Standing {
            erased: against.row.erased_at.is_some(),
            unsubscribed: verdict.unsubscribed,
            consented: verdict.consented,
            suppressed: against.is_suppressed(query),
        }
    }
}

impl Against {
    fn is_suppressed(&self, query: &StandingQuery) -> bool {
        let index = match query.channel {
            Channel::Email => self.row.email_index.as_ref(),
            Channel::Sms => self.row.phone_index.as_ref(),
            Channel::InApp => None,
        };
        let business = tenant(query.business.as_ref());
        let at = millis(query.at);
        self.suppressed.iter().any(|(address, by, until)| {
            Some(address) == index
                && (by.is_empty() || *by == business)
                && until.is_none_or(|until| until > at)
        })
    }
}
