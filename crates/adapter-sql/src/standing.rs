//! What stands against a channel of a person.

use std::collections::{HashMap, HashSet};

use carillon_domain::decision::Standing;
use carillon_domain::{BusinessId, Channel, Purpose};
use carillon_ports::StoreError;
use carillon_ports::directory::{StandingQuery, Topic};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::entity::person;
use crate::error::store_error;
use crate::sql::{Sql, tenant};

/// The topic as stored.
pub(crate) fn topic(topic: &Topic) -> String {
    match topic {
        Topic::Marketing => "marketing".to_owned(),
        Topic::Kind(kind) => format!("kind:{kind}"),
    }
}

/// A decision of a person, or (without a topic) an address that must not be used.
#[derive(FromQueryResult)]
struct Stands {
    subject: String,
    business_id: String,
    topic: String,
    channel: String,
    allowed: bool,
}

/// What was decided and what bounced, for some people.
pub(crate) struct Standings {
    people: HashMap<String, person::Model>,
    allowed: HashSet<(String, String, String, String)>,
    forbidden: HashSet<(String, String, String, String)>,
    suppressed: HashSet<(String, String)>,
}

impl Standings {
    /// Loads all that is known about these people, in one statement.
    pub(crate) async fn load(
        connection: &impl ConnectionTrait,
        people: Vec<person::Model>,
    ) -> Result<Self, StoreError> {
        let mut standings = Self {
            allowed: HashSet::new(),
            forbidden: HashSet::new(),
            suppressed: HashSet::new(),
            people: people.into_iter().map(|row| (row.id.clone(), row)).collect(),
        };
        if standings.people.is_empty() {
            return Ok(standings);
        }
        let mut sql = Sql::on(connection);
        let theirs = sql.among("person_id", standings.people.keys().cloned());
        let addresses = standings.people.values().flat_map(|row| [&row.email_index, &row.phone_index]);
        let these = sql.among("address_index", addresses.flatten().cloned());
        let statement = sql.statement(&format!(
            "SELECT person_id AS subject, business_id, topic, channel, allowed FROM preferences WHERE {theirs} UNION ALL \
             SELECT address_index, business_id, '', '', false FROM suppressions WHERE {these}"
        ));
        let rows = Stands::find_by_statement(statement).all(connection).await;
        for row in rows.map_err(|error| store_error(&error))? {
            let Stands { subject, business_id, topic, channel, allowed } = row;
            match (topic.is_empty(), allowed) {
                (true, _) => drop(standings.suppressed.insert((subject, business_id))),
                (false, true) => drop(standings.allowed.insert((subject, business_id, topic, channel))),
                (false, false) => drop(standings.forbidden.insert((subject, business_id, topic, channel))),
            }
        }
        Ok(standings)
    }

    /// What stands against one channel of one person.
    pub(crate) fn of(&self, query: &StandingQuery) -> Standing {
        let Some(row) = self.people.get(query.person.as_str()) else {
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
