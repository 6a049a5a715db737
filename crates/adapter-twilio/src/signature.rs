//! Twilio's signature: HMAC-SHA1, by the account's token, of the address it calls and of all parameters it sends.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carillon_ports::receipts::{Callback, Forged};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

const SIGNATURE: &str = "x-twilio-signature";
const BODY_HASH: &str = "bodySHA256";

/// Names with values, as sent: a name may come more than once.
pub(crate) type Parameters = Vec<(String, String)>;

/// Verifies callbacks to one address by one token.
pub(crate) struct Verifier {
    mac: Hmac<Sha1>,
    bases: Vec<String>,
}

impl Verifier {
    /// `public_url` is our own address as Twilio was told it: never what a request says of itself, which is the sender's to choose.
    pub(crate) fn new(token: &SecretString, public_url: &str) -> Self {
        let token = token.expose_secret().as_bytes();
        let mac = Hmac::new_from_slice(token).expect("HMAC takes a key of any length");
        Self { mac, bases: spellings(public_url.trim_end_matches('/')) }
    }

    /// Believes a callback that Twilio signed, and answers its parameters. A form is signed with its parameters; of any other body the
    /// address must hold a hash.
    pub(crate) fn verify(&self, callback: &Callback) -> Result<Parameters, Forged> {
        let signature = callback.header(SIGNATURE).ok_or(Forged::Unsigned)?;
        let signature = STANDARD.decode(signature).map_err(|_| Forged::Unreadable)?;
        let parameters = match media_type(callback).as_str() {
            "application/x-www-form-urlencoded" => form(&callback.body),
            "application/json" => Vec::new(),
            _ => return Err(Forged::Uncovered),
        };
        let signed = joined(&parameters);
        let holds = self.bases.iter().any(|base| {
            let mut mac = self.mac.clone();
            mac.update(base.as_bytes());
            mac.update(callback.target.as_bytes());
            mac.update(signed.as_bytes());
            // Compares in constant time.
            mac.verify_slice(&signature).is_ok()
        });
        if !holds {
            return Err(Forged::Wrong);
        }
        if media_type(callback) == "application/json" { json(callback) } else { Ok(parameters) }
    }
}

/// The address as configured, without its port, and with its scheme's own: Twilio signs one of these and does not say which
/// (its own libraries try them all).
fn spellings(base: &str) -> Vec<String> {
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let port = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
    let mut spellings = vec![base.to_owned()];
    // The colons of an IPv6 address stand within brackets.
    match host.rfind(':').filter(|at| !host[*at..].contains(']')) {
        Some(at) => spellings.push(format!("{scheme}://{}{path}", &host[..at])),
        None => spellings.push(format!("{scheme}://{host}:{port}{path}")),
    }
    spellings
}

fn media_type(callback: &Callback) -> String {
    let given = callback.header("content-type").unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn form(text: &[u8]) -> Parameters {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The parameters of the address itself.
pub(crate) fn query(target: &str) -> Parameters {
    target.split_once('?').map_or_else(Vec::new, |(_, query)| form(query.as_bytes()))
}

/// The value of a name that is there.
pub(crate) fn value<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// Name and value, name and value, in the order of the names; of a repeated name each different value once, in their order.
fn joined(parameters: &Parameters) -> String {
    let mut sorted: Vec<&(String, String)> = parameters.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

/// The texts of a JSON body whose hash the signed address holds.
fn json(callback: &Callback) -> Result<Parameters, Forged> {
    let query = query(&callback.target);
    let promised = value(&query, BODY_HASH).ok_or(Forged::Uncovered)?;
    let hash = hex(&Sha256::digest(&callback.body));
    if !bool::from(hash.as_bytes().ct_eq(promised.to_ascii_lowercase().as_bytes())) {
        return Err(Forged::Wrong);
    }
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&callback.body).unwrap_or_default();
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
