//! The use cases that this way in offers, wired once.

use std::sync::Arc;

use carillon_application::businesses::Businesses;
use carillon_application::inbox::ReadInbox;
use carillon_application::keys::Keys;
use carillon_application::notifications::Notifications;
use carillon_application::recipients::Recipients;
use carillon_application::tokens::IssueToken;
use carillon_application::unsubscribe::Unsubscribe;
use carillon_application::{NotifyRecipient, Ports, PublishEvent};

use crate::token::TokenSeal;

/// What this way in needs to know beside the ports. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct ApiSettings {
    /// The secret that user tokens are signed with (HS256).
    pub jwt_secret: Vec<u8>,
}

/// The use cases that this way in offers. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(crate) ports: Ports,
    pub(crate) publish: PublishEvent,
    pub(crate) notify: NotifyRecipient,
    pub(crate) notifications: Notifications,
    pub(crate) businesses: Businesses,
    pub(crate) recipients: Recipients,
    pub(crate) inbox: ReadInbox,
    pub(crate) keys: Keys,
    pub(crate) tokens: IssueToken,
    pub(crate) unsubscribe: Unsubscribe,
    pub(crate) seal: Arc<TokenSeal>,
}

impl Api {
    /// Wires the use cases.
    pub fn new(ports: &Ports, settings: ApiSettings) -> Self {
        let ApiSettings { jwt_secret } = settings;
        Self {
            ports: ports.clone(),
            publish: PublishEvent::new(ports),
            notify: NotifyRecipient::new(ports),
            notifications: Notifications::new(ports),
            businesses: Businesses::new(ports),
            recipients: Recipients::new(ports),
            inbox: ReadInbox::new(ports),
            keys: Keys::new(ports),
            tokens: IssueToken::new(ports),
            unsubscribe: Unsubscribe::new(ports),
            seal: Arc::new(TokenSeal::new(&jwt_secret)),
        }
    }
}
