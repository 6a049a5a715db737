//! The texts that businesses have written, as the port [`BusinessTexts`] asks for them.

use async_trait::async_trait;
use carillon_domain::OwnText;
use carillon_domain::ids::BusinessId;
use carillon_ports::StoreError;
use carillon_ports::business_texts::{BusinessTexts, TextName, TextVersion};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::SqlStore;
use crate::error::{store_error, unreadable};
use crate::rows::parse;
use crate::sql::{Sql, millis, time};

#[derive(FromQueryResult)]
struct Row {
    business_id: String,
    kind: String,
    channel: String,
    locale: String,
    version: i64,
    text: Option<String>,
    author: String,
    at: i64,
}

#[async_trait]
impl BusinessTexts for SqlStore {
    async fn list_texts(&self, business: &BusinessId) -> Result<Vec<TextVersion>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let business = sql.bind(business.as_str());
        let statement = sql.statement(&format!(
            "SELECT t.* FROM own_texts t WHERE t.business_id = {business} AND t.text IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM own_texts newer WHERE newer.business_id = t.business_id AND newer.kind = t.kind \
             AND newer.channel = t.channel AND newer.locale = t.locale AND newer.version > t.version) ORDER BY t.kind, t.channel, t.locale"
        ));
        let rows = Row::find_by_statement(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.into_iter().map(read).collect()
    }

    async fn list_versions(&self, name: &TextName) -> Result<Vec<TextVersion>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let wanted = named(&mut sql, name);
        let statement =
            sql.statement(&format!("SELECT * FROM own_texts WHERE {wanted} ORDER BY version DESC"));
        let rows = Row::find_by_statement(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.into_iter().map(read).collect()
    }

    async fn add_version(
        &self,
        name: &TextName,
        text: Option<&OwnText>,
        author: &str,
        now: DateTime<Utc>,
    ) -> Result<u32, StoreError> {
        let text = text.map(serde_json::to_string).transpose().map_err(|_| unreadable("a text"))?;
        let mut sql = Sql::on(self.writer());
        let wanted = named(&mut sql, name);
        let (business, kind) = (sql.bind(name.business.as_str()), sql.bind(name.kind.as_str()));
        let (channel, locale) = (sql.bind(name.channel.as_str()), sql.bind(name.locale.as_str()));
        let (text, author, now) = (sql.bind(text), sql.bind(author), sql.bind(millis(now)));
        // Two who add at once choose the same number: the primary key refuses one of them.
        let statement = sql.statement(&format!(
            "INSERT INTO own_texts (business_id, kind, channel, locale, version, text, author, at) \
             SELECT {business}, {kind}, {channel}, {locale}, COALESCE(MAX(version), 0) + 1, {text}, {author}, {now} \
             FROM own_texts WHERE {wanted} RETURNING version"
        ));
        let row = self.writer().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        let version: i64 = row
            .ok_or_else(|| unreadable("a version"))?
            .try_get("", "version")
            .map_err(|error| store_error(&error))?;
        u32::try_from(version).map_err(|_| unreadable("a version"))
    }
}

fn named(sql: &mut Sql, name: &TextName) -> String {
    format!(
        "business_id = {} AND kind = {} AND channel = {} AND locale = {}",
        sql.bind(name.business.as_str()),
        sql.bind(name.kind.as_str()),
        sql.bind(name.channel.as_str()),
        sql.bind(name.locale.as_str())
    )
}

fn read(row: Row) -> Result<TextVersion, StoreError> {
    let text =
        row.text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| unreadable("a text"))?;
    Ok(TextVersion {
        name: TextName {
            business: parse(&row.business_id, "a business id")?,
            kind: parse(&row.kind, "a kind")?,
            channel: parse(&row.channel, "a channel")?,
            locale: parse(&row.locale, "a language")?,
        },
        version: u32::try_from(row.version).unwrap_or(u32::MAX),
        text,
        author: row.author,
        at: time(row.at),
    })
}
