//! A text message that somebody sent us.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: String,
    pub address_index: Option<String>,
    pub content_sealed: Vec<u8>,
    pub opt_out: Option<String>,
    pub received_at: i64,
    pub settled_at: Option<i64>,
    pub person_id: Option<String>,
    pub business_id: Option<String>,
    pub appointment_id: Option<String>,
    pub answer_sealed: Option<Vec<u8>>,
    pub asks: Option<String>,
    pub pass_at: Option<i64>,
    pub passed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
