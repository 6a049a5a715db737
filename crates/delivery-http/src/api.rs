//! The use cases that this way in offers, wired once.

use std::sync::{Arc, OnceLock};

use carillon_application::batches::FollowBatches;
use carillon_application::businesses::Businesses;
use carillon_application::event_types;
use carillon_application::inbox::ReadInbox;
use carillon_application::keys::Keys;
use carillon_application::notifications::Notifications;
use carillon_application::operations::Operate;
use carillon_application::recipients::Recipients;
use carillon_application::request_limits::{LimitRequests, RequestRates};
use carillon_application::statistics::CountOutcomes;
use carillon_application::suppressions::SuppressionList;
use carillon_application::tokens::IssueToken;
use carillon_application::unsubscribe::Unsubscribe;
use carillon_application::{
    ManageAppointments, ManageTexts, NotifyMany, NotifyRecipient, OpenPreferences, OperateProviders, Ports,
    Preferences, PublishEvent, ReceiveReceipts, TryEvent, Vitals, WatchCosts,
};

use crate::crowd::Crowd;
use crate::openapi::openapi;
use crate::token::TokenSeal;

/// What this way in needs to know beside the ports. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct ApiSettings {
    /// The secret that user tokens are signed with (HS256).
    pub jwt_secret: Vec<u8>,
}

/// The counts of this process.
#[derive(Clone)]
pub struct Counts {
    /// Renders them as Prometheus reads them.
    pub render: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether they are shown only to those who may look at operations.
    pub guarded: bool,
}

/// The specification as served: made when it is first asked for, for it is large and most processes are never asked.
#[derive(Default)]
pub(crate) struct Document(OnceLock<String>);

impl Document {
    pub(crate) fn text(&self, ports: &Ports) -> String {
        let make = || openapi(&event_types::list(&*ports.catalogue)).to_string();
        self.0.get_or_init(make).clone()
    }
}

/// The use cases that this way in offers. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(crate) ports: Ports,
    pub(crate) publish: PublishEvent,
    pub(crate) templates: ManageTexts,
    pub(crate) try_event: TryEvent,
    pub(crate) notify: NotifyRecipient,
    pub(crate) appointments: ManageAppointments,
    pub(crate) notify_many: NotifyMany,
    pub(crate) batches: FollowBatches,
    pub(crate) notifications: Notifications,
    pub(crate) operate: Operate,
    pub(crate) costs: WatchCosts,
    pub(crate) providers: OperateProviders,
    pub(crate) vitals: Arc<Vitals>,
    pub(crate) crowd: Arc<Crowd>,
    pub(crate) outcomes: CountOutcomes,
    pub(crate) businesses: Businesses,
    pub(crate) recipients: Recipients,
    pub(crate) inbox: ReadInbox,
    pub(crate) keys: Keys,
    pub(crate) limits: LimitRequests,
    pub(crate) tokens: IssueToken,
    pub(crate) unsubscribe: Unsubscribe,
    pub(crate) preferences: Preferences,
    pub(crate) open_preferences: OpenPreferences,
    pub(crate) receive: ReceiveReceipts,
    pub(crate) seal: Arc<TokenSeal>,
    pub(crate) counts: Option<Counts>,
    pub(crate) document: Arc<Document>,
}

impl Api {
    /// Wires the use cases.
    pub fn new(ports: &Ports, settings: ApiSettings) -> Self {
        let ApiSettings { jwt_secret } = settings;
        Self {
            ports: ports.clone(),
            publish: PublishEvent::new(ports),
            templates: ManageTexts::new(ports),
            try_event: TryEvent::new(ports),
            notify: NotifyRecipient::new(ports),
            appointments: ManageAppointments::new(ports),
            notify_many: NotifyMany::new(ports),
            batches: FollowBatches::new(ports),
            notifications: Notifications::new(ports),
            operate: Operate::new(ports),
            costs: WatchCosts::new(ports),
            providers: OperateProviders::new(ports),
            vitals: Vitals::new(ports, false),
            crowd: Arc::default(),
            outcomes: CountOutcomes::new(ports),
            businesses: Businesses::new(ports),
            recipients: Recipients::new(ports),
            inbox: ReadInbox::new(ports),
            keys: Keys::new(ports),
            limits: LimitRequests::new(ports, RequestRates::default()),
            tokens: IssueToken::new(ports),
            unsubscribe: Unsubscribe::new(ports),
            preferences: Preferences::new(ports),
            open_preferences: OpenPreferences::new(ports),
            receive: ReceiveReceipts::new(ports),
            seal: Arc::new(TokenSeal::new(&jwt_secret)),
            counts: None,
            document: Arc::default(),
        }
    }

    /// The same, showing the counts of this process.
    #[must_use]
    pub fn with_counts(self, counts: Counts) -> Self {
        Self { counts: Some(counts), ..self }
    }

    /// The same, telling how this process is.
    #[must_use]
    pub fn with_vitals(self, vitals: Arc<Vitals>) -> Self {
        Self { vitals, ..self }
    }

    /// The same, answering at most so many requests at once.
    #[must_use]
    pub fn with_room_for(self, requests: usize) -> Self {
        Self { crowd: Arc::new(Crowd::of(requests)), ..self }
    }

    /// The same, telling providers that keep lists of addresses themselves what is lifted.
    #[must_use]
    pub fn with_lists(self, lists: Arc<[Arc<dyn SuppressionList>]>) -> Self {
        Self { recipients: self.recipients.with_lists(lists), ..self }
    }

    /// The same with other limits on how often a credential may ask.
    #[must_use]
    pub fn with_rates(self, rates: RequestRates) -> Self {
        Self { limits: LimitRequests::new(&self.ports, rates), ..self }
    }
}
