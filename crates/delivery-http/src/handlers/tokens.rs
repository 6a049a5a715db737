//! User tokens.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::body::Json;
use crate::dto::token::{Token, TokenInput};
use crate::handlers::Answer;
use crate::problem::ApiError;

/// Make a user token
///
/// For a person's browser: it carries what the person is, and reaches what is theirs. Needs `tokens:write`.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "Tokens", request_body = TokenInput,
    responses((status = 200, description = "The token.", body = Token))
)]
pub(crate) async fn issue_token(api: Data<Api>, caller: Caller, body: Json<TokenInput>) -> Answer {
    let person = body.0.person()?;
    let claims = caller.within(api.tokens.run(caller.principal(), &person, body.0.ttl_s)).await?;
    let (token, expires_at) = api.seal.sign(claims).ok_or_else(ApiError::internal)?;
    Ok(HttpResponse::Ok().json(Token { token, expires_at: expires_at.into() }))
}
