//! A person, the personal part sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub business_id: Option<String>,
    pub actor: String,
    pub role: Option<String>,
    pub profile_sealed: Option<Vec<u8>>,
    pub email_index: Option<String>,
    pub phone_index: Option<String>,
    pub locale: Option<String>,
    pub timezone: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub erased_at: Option<i64>,
    pub choices: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
