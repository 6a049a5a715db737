//! What stands against a channel of a person.

use std::collections::{HashMap, HashSet};

use carillon_domain::decision::Standing;
use carillon_domain::{BusinessId, Channel, decided};
use carillon_ports::StoreError;
use carillon_ports::directory::{StandingQuery, Topic};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::entity::person;
use crate::error::store_error;
use crate::sql::{Sql, tenant};

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
    /// By person, business, topic and channel.
    decided: HashMap<(String, String, String, String), bool>,
    suppressed: HashSet<(String, String)>,
}

impl Standings {
    /// Loads all that is known about these people, in one statement.
    pub(crate) async fn load(
        connection: &impl ConnectionTrait,
        people: Vec<person::Model>,
    ) -> Result<Self, StoreError> {
        let mut standings = Self {
            decided: HashMap::new(),
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
            if topic.is_empty() {
                standings.suppressed.insert((subject, business_id));
            } else {
                standings.decided.insert((subject, business_id, topic, channel), allowed);
            }
        }
        Ok(standings)
    }

    /// What stands against one channel of one person.
    pub(crate) fn of(&self, query: &StandingQuery) -> Standing {
        let Some(row) = self.people.get(query.person.as_str()) else {
            return Standing::default();
        };
        let verdict = decided::verdict(&query.kind, query.purpose, |topic| self.decided(row, query, topic));
        Standing {
            erased: row.erased_at.is_some(),
            unsubscribed: verdict.unsubscribed,
            consented: verdict.consented,
            suppressed: self.is_suppressed(row, query.channel, query.business.as_ref()),
        }
    }

    /// What was decided on a topic: towards this business, else towards everybody.
    fn decided(&self, row: &person::Model, query: &StandingQuery, topic: &Topic) -> Option<bool> {
        let towards = |business: String| {
            let key = (row.id.clone(), business, topic.to_string(), query.channel.to_string());
            self.decided.get(&key).copied()
        };
        towards(tenant(query.business.as_ref())).or_else(|| towards(String::new()))
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
