//! A recorded decision.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: String,
    pub business_id: String,
    pub topic: String,
    pub channel: String,
    pub granted: bool,
    pub source: String,
    pub wording: Option<String>,
    pub at: i64,
    pub seq: Option<i64>,
    pub previous_hash: Option<String>,
    pub hash: Option<String>,
    pub ip_sealed: Option<Vec<u8>>,
    pub ip_hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
