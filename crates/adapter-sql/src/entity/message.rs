//! One channel of one notification.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub notification_id: Uuid,
    pub event_id: Uuid,
    pub business_id: Option<String>,
    pub recipient_id: String,
    pub kind: String,
    pub channel: String,
    pub class: String,
    pub purpose: String,
    pub batch_id: Option<Uuid>,
    pub appointment_id: Option<String>,
    pub appointment_revision: Option<i64>,
    pub rule: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub due_at: i64,
    pub expires_at: Option<i64>,
    pub attempt: i64,
    pub tries: i64,
    pub lease_until: Option<i64>,
    pub provider: Option<String>,
    pub provider_id: Option<String>,
    pub content_sealed: Option<Vec<u8>>,
    pub created_at: i64,
    pub updated_at: i64,
    pub sent_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
