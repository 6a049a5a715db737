//! One kind for one recipient.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub event_id: Uuid,
    pub event_name: String,
    pub business_id: Option<String>,
    pub kind: String,
    pub recipient_id: String,
    pub class: String,
    pub purpose: String,
    pub batch_id: Option<Uuid>,
    pub appointment_id: Option<String>,
    pub appointment_revision: Option<i64>,
    pub rule: Option<String>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
