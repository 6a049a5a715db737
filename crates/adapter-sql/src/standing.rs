//! What stands against a channel of a person.

use std::collections::{BTreeSet, HashSet};

use carillon_domain::decision::Standing;
use carillon_domain::{BusinessId, Channel, Purpose};
use carillon_ports::StoreError;
use carillon_ports::directory::{StandingQuery, Topic};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::entity::{person, preference, suppression};
use crate::error::store_error;
use crate::people;
use crate::sql::tenant;

/// The topic as stored.
pub(crate) fn topic(topic: &Topic) -> String {
    match topic {
        Topic::Marketing => "marketing".to_owned(),
        Topic::Kind(kind) => format!("kind:{kind}"),
    }
}

/// What was decided and what bounced, for some people.
pub(crate) struct Standings {
    people: Vec<person::Model>,
    allowed: HashSet<(String, String, String, String)>,
    forbidden: HashSet<(String, String, String, String)>,
    suppressed: HashSet<(String, String)>,
}

impl Standings {
    /// Loads all that is known about these people, in two statements.
    pub(crate) async fn load(
        connection: &impl ConnectionTrait,
        people: Vec<person::Model>,
    ) -> Result<Self, StoreError> {
        let mut standings =
            Self { allowed: HashSet::new(), forbidden: HashSet::new(), suppressed: HashSet::new(), people };
        if standings.people.is_empty() {
            return Ok(standings);
        }
        let rows = preference::Entity::find()
            .filter(preference::Column::PersonId.is_in(standings.people.iter().map(|row| row.id.clone())))
            .all(connection)
            .await
            .map_err(|error| store_error(&error))?;
        for row in rows {
            let key = (row.person_id, row.business_id, row.topic, row.channel);
            if row.allowed {
                standings.allowed.insert(key)
            } else {
                standings.forbidden.insert(key)
            };
        }
        let addresses: Vec<String> = standings
            .people
            .iter()
            .flat_map(|row| [row.email_index.clone(), row.phone_index.clone()])
            .flatten()
            .collect();
        if !addresses.is_empty() {
            let rows = suppression::Entity::find()
                .filter(suppression::Column::AddressIndex.is_in(addresses))
                .all(connection)
                .await
                .map_err(|error| store_error(&error))?;
            standings.suppressed.extend(rows.into_iter().map(|row| (row.address_index, row.business_id)));
        }
        Ok(standings)
    }

    /// What stands against one channel of one person.
    pub(crate) fn of(&self, query: &StandingQuery) -> Standing {
        let Some(row) = self.people.iter().find(|row| row.id == query.person.as_str()) else {
            return Standing::default();
        };
        let key = |topic: Topic, business: String| {
            (row.id.clone(), business, self::topic(&topic), query.channel.to_string())
        };
        let own = tenant(query.business.as_ref());
        // A decision towards everybody holds towards each; one towards this business has the last word where it allows.
        let forbidden = |topic: &Topic| {
            [own.clone(), String::new()]
                .into_iter()
                .any(|by| self.forbidden.contains(&key(topic.clone(), by)))
        };
        let allowed = |topic: &Topic| {
            let by_own = key(topic.clone(), own.clone());
            self.allowed.contains(&by_own)
                || (self.allowed.contains(&key(topic.clone(), String::new()))
                    && !self.forbidden.contains(&by_own))
        };
        let is_marketing = query.purpose == Purpose::Marketing;
        Standing {
            erased: row.erased_at.is_some(),
            unsubscribed: forbidden(&Topic::Kind(query.kind.clone()))
                || (is_marketing && forbidden(&Topic::Marketing)),
            consented: allowed(&Topic::Marketing),
            suppressed: self.is_suppressed(row, query.channel, query.business.as_ref()),
        }
    }

    fn is_suppressed(&self, row: &person::Model, channel: Channel, business: Option<&BusinessId>) -> bool {
        let index = match channel {
            Channel::Email => row.email_index.as_ref(),
            Channel::Sms => row.phone_index.as_ref(),
            Channel::InApp => None,
        };
        let by = |business: String| {
            index.is_some_and(|index| self.suppressed.contains(&(index.clone(), business)))
        };
        by(String::new()) || by(tenant(business))
    }
}

/// What stands against each, in the order asked.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    queries: &[StandingQuery],
) -> Result<Vec<Standing>, StoreError> {
    let ids: BTreeSet<String> = queries.iter().map(|query| query.person.to_string()).collect();
    let standings = Standings::load(connection, people::rows(connection, &ids).await?).await?;
    Ok(queries.iter().map(|query| standings.of(query)).collect())
}
