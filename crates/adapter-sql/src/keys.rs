//! API keys and the audit trail, as the port [`ApiKeys`] asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::Reach;
use carillon_ports::keys::{ApiKey, ApiKeys, AuditEntry};
use carillon_ports::{Ids, StoreError};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::SqlStore;
use crate::entity::{api_key, audit_entry};
use crate::error::{store_error, unreadable};
use crate::rows::parse_option;
use crate::rows_in::insert;
use crate::sql::{millis, time};

#[async_trait]
impl ApiKeys for SqlStore {
    async fn add_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        let business = match &key.reach {
            Reach::Business(business) => Some(business.to_string()),
            Reach::Platform | Reach::Person(_) => None,
        };
        let permissions: Vec<&str> = key.permissions.iter().map(|permission| permission.as_str()).collect();
        let row = api_key::ActiveModel {
            id: Set(key.id.clone()),
            hash: Set(key.hash.clone()),
            name: Set(key.name.clone()),
            business_id: Set(business),
            permissions: Set(permissions.join(" ")),
            created_at: Set(millis(key.created_at)),
            revoked_at: Set(key.revoked_at.map(millis)),
        };
        api_key::Entity::insert(row)
            .exec_without_returning(self.writer())
            .await
            .map_err(|error| store_error(&error))?;
        Ok(())
    }

    async fn find_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let row =
            api_key::Entity::find_by_id(id).one(self.reader()).await.map_err(|error| store_error(&error))?;
        row.as_ref().map(key).transpose()
    }

    async fn list_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows = api_key::Entity::find()
            .order_by_desc(api_key::Column::CreatedAt)
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        rows.iter().map(key).collect()
    }

    async fn revoke_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = api_key::Entity::update_many()
            .col_expr(api_key::Column::RevokedAt, Expr::value(millis(now)))
            .filter(api_key::Column::Id.eq(id))
            .filter(api_key::Column::RevokedAt.is_null())
            .exec(self.writer())
            .await
            .map_err(|error| store_error(&error))?;
        Ok(done.rows_affected > 0)
    }

    async fn audit(&self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        audit(self.writer(), self.ids(), entries).await
    }
}

/// Adds to the audit trail.
pub(crate) async fn audit(
    connection: &impl ConnectionTrait,
    ids: &Arc<dyn Ids>,
    entries: &[AuditEntry],
) -> Result<(), StoreError> {
    insert::<audit_entry::Entity>(connection, audit_rows(ids, entries)).await
}

/// The rows of audit entries.
pub(crate) fn audit_rows(ids: &Arc<dyn Ids>, entries: &[AuditEntry]) -> Vec<audit_entry::Model> {
    entries
        .iter()
        .map(|entry| audit_entry::Model {
            id: ids.row(entry.at),
            at: millis(entry.at),
            actor: entry.actor.clone(),
            action: entry.action.clone(),
            business_id: entry.business.as_ref().map(ToString::to_string),
            target: entry.target.clone(),
        })
        .collect()
}

fn key(row: &api_key::Model) -> Result<ApiKey, StoreError> {
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    let permissions = row.permissions.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    Ok(ApiKey {
        id: row.id.clone(),
        hash: row.hash.clone(),
        name: row.name.clone(),
        reach: business.map_or(Reach::Platform, Reach::Business),
        permissions: permissions.map_err(|_| unreadable("a permission"))?,
        created_at: time(row.created_at),
        revoked_at: row.revoked_at.map(time),
    })
}
