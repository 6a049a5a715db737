//! What a provider said of a message.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: String,
    pub message_id: Uuid,
    pub attempt: i64,
    pub said: String,
    pub detail: Option<String>,
    pub provider_id: Option<String>,
    pub verdict: Option<String>,
    pub address_index: Option<String>,
    pub at: i64,
    pub received_at: i64,
    pub look_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
