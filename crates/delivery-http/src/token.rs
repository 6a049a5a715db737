//! User tokens as they travel: signed JSON (JWT, HS256).

use carillon_application::tokens::{Claims, ReadTokens};
use carillon_domain::{Actor, BusinessId, PersonId, Role};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// Who made a token: one of somebody else's with the same secret is none of ours.
const ISSUER: &str = "carillon";

/// What a token says, as it travels.
#[derive(Serialize, Deserialize)]
struct Written {
    iss: String,
    sub: PersonId,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    business_id: Option<BusinessId>,
    exp: i64,
}

/// Signs and reads user tokens.
pub struct TokenSeal {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl TokenSeal {
    /// One for this secret.
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.leeway = 0;
        // The library would ask the machine for the time; ours comes from the clock port, so expiry is looked at below.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// The token and the time at which it ends, in whole seconds.
    pub fn sign(&self, claims: Claims) -> Option<(String, DateTime<Utc>)> {
        let exp = claims.expires_at.timestamp();
        let written = Written {
            iss: ISSUER.to_owned(),
            sub: claims.person,
            actor: claims.actor,
            role: claims.role,
            business_id: claims.business,
            exp,
        };
        let token = encode(&Header::new(Algorithm::HS256), &written, &self.encoding).ok()?;
        Some((token, DateTime::from_timestamp(exp, 0)?))
    }
}

impl ReadTokens for TokenSeal {
    fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        let written = decode::<Written>(token, &self.decoding, &self.validation).ok()?.claims;
        let expires_at = DateTime::from_timestamp(written.exp, 0).filter(|expires_at| now < *expires_at)?;
        Some(Claims {
            person: written.sub,
            actor: written.actor,
            role: written.role,
            business: written.business_id,
            expires_at,
        })
    }
}
