//! What becomes of texts that people send, as the port [`InboundTexts`] asks for it.

mod correspondence;
mod settling;
mod waiting;

use std::collections::BTreeSet;

use async_trait::async_trait;
use carillon_domain::PhoneNumber;
use carillon_ports::receipts::OptOut;
use carillon_ports::texting::{
    Choice, Correspondence, InboundTexts, KeptText, Settled, Settlement, Since, TextName, WaitingText,
};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};

use crate::SqlStore;
use crate::entity::inbound_message;
use crate::error::{store_error, unreadable};
use crate::rows::parse;
use crate::seal::{Keys, business_key, place};
use crate::sql::{Sql, begin, millis, time};

pub(crate) use settling::settle;
pub(crate) use waiting::note_passed_on;

/// What a text says and who sent it: sealed with the platform's key, for the sender may be a stranger.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) from: String,
    pub(crate) text: String,
}

/// What its sender was told, sealed likewise: it names times and businesses.
#[derive(Serialize, Deserialize)]
struct Answer {
    text: Option<String>,
    /// Appointments with their timings, where they were asked which.
    #[serde(default)]
    choices: Vec<(String, i64)>,
}

impl Answer {
    fn choices(&self) -> Result<Vec<Choice>, StoreError> {
        let choice = |(appointment, timing): &(String, i64)| {
            Ok(Choice { appointment: parse(appointment, "an appointment's id")?, timing: *timing })
        };
        self.choices.iter().map(choice).collect()
    }
}

/// How the provider's understanding is stored.
pub(crate) const fn opt_out_name(opt_out: OptOut) -> &'static str {
    match opt_out {
        OptOut::Stop => "stop",
        OptOut::Start => "start",
        OptOut::Help => "help",
    }
}

/// The platform's own keys, and those that seal texts.
async fn keys<'a>(connection: &impl ConnectionTrait, vault: &'a dyn Vault) -> Result<Keys<'a>, StoreError> {
    Keys::load(connection, vault, &BTreeSet::from([business_key(None)])).await
}

fn content(row: &inbound_message::Model, keys: &Keys<'_>) -> Result<Content, StoreError> {
    let place = place("inbound_messages", "content", &row.provider_id);
    let json = keys.open(&business_key(None), place, &row.content_sealed)?;
    json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(|| unreadable("a text message"))
}

fn answer(row: &inbound_message::Model, keys: &Keys<'_>) -> Result<Option<Answer>, StoreError> {
    let Some(sealed) = &row.answer_sealed else { return Ok(None) };
    let json =
        keys.open(&business_key(None), place("inbound_messages", "answer", &row.provider_id), sealed)?;
    let answer = json.and_then(|json| serde_json::from_slice(&json).ok());
    answer.ok_or_else(|| unreadable("an answer to a text message")).map(Some)
}

fn kept(row: &inbound_message::Model, keys: &Keys<'_>) -> Result<KeptText, StoreError> {
    let Content { from, text } = content(row, keys)?;
    let all = [OptOut::Stop, OptOut::Start, OptOut::Help];
    let settled = match row.settled_at {
        Some(_) => Some(Settled { answer: answer(row, keys)?.and_then(|answer| answer.text) }),
        None => None,
    };
    Ok(KeptText {
        sender: PhoneNumber::parse(&from).ok(),
        text,
        opt_out: all.into_iter().find(|one| row.opt_out.as_deref() == Some(opt_out_name(*one))),
        at: time(row.received_at),
        settled,
    })
}

#[async_trait]
impl InboundTexts for SqlStore {
    async fn find_text(&self, name: &TextName) -> Result<Option<KeptText>, StoreError> {
        // By the writer: it was kept a moment ago.
        let id = (name.provider.clone(), name.provider_id.clone());
        let row = inbound_message::Entity::find_by_id(id).one(self.writer()).await;
        let Some(row) = row.map_err(|error| store_error(&error))? else { return Ok(None) };
        kept(&row, &keys(self.reader(), self.vault()).await?).map(Some)
    }

    async fn find_correspondence(
        &self,
        with: &PhoneNumber,
        since: Since,
    ) -> Result<Correspondence, StoreError> {
        correspondence::find(self.reader(), self.vault(), with, since).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<(), StoreError> {
        let transaction = begin(self.writer()).await?;
        let owners = BTreeSet::from([business_key(None)]);
        let keys = Keys::ensure(&transaction, self.vault(), &owners).await?;
        settle(&transaction, &keys, self.ids(), &settlement).await?;
        transaction.commit().await.map_err(|error| store_error(&error))
    }

    async fn list_unsettled(&self, before: DateTime<Utc>, limit: u32) -> Result<Vec<TextName>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (before, limit) = (sql.bind(millis(before)), sql.bind(i64::from(limit)));
        let statement = sql.statement(&format!(
            "SELECT * FROM inbound_messages WHERE settled_at IS NULL AND received_at < {before} ORDER BY received_at LIMIT {limit}"
        ));
        let rows = inbound_message::Entity::find().from_raw_sql(statement).all(self.reader()).await;
        Ok(rows.map_err(|error| store_error(&error))?.into_iter().map(name).collect())
    }

    async fn list_waiting(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<WaitingText>, StoreError> {
        waiting::list(self.reader(), self.vault(), now, limit).await
    }

    async fn drop_waiting(&self, names: &[TextName], now: DateTime<Utc>) -> Result<(), StoreError> {
        waiting::mark(self.writer(), names, now).await.map(drop)
    }
}

fn name(row: inbound_message::Model) -> TextName {
    TextName { provider: row.provider, provider_id: row.provider_id }
}
