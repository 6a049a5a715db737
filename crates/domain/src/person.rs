//! The people who hear of things, and what they are to the platform.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::address::{EmailAddress, PhoneNumber};
use crate::channel::{Channel, named};
use crate::choices::Choices;
use crate::ids::{BusinessId, PersonId};
use crate::locale::Locale;
use crate::number_type::receives_texts;
use crate::reason::UnknownName;

/// What a person is to the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Runs the platform.
    PlatformAdmin,
    /// Works for a business.
    BusinessUser,
    /// Has appointments.
    EndClient,
}
named!(Actor { PlatformAdmin => "platform_admin", BusinessUser => "business_user", EndClient => "end_client" });

/// What a business user does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the business.
    Owner,
    /// Receives clients.
    Staff,
    /// Answers clients.
    Support,
}
named!(Role { Owner => "owner", Staff => "staff", Support => "support" });

/// A person. Name and addresses are personal: they mask themselves or stay out of `Debug`.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// The platform's own id.
    pub id: PersonId,
    /// What the person is to the platform.
    pub actor: Actor,
    /// What a business user does; `None` for the others.
    pub role: Option<Role>,
    /// The business the person belongs to; `None` for platform admins, and for clients that the platform keeps itself.
    pub business: Option<BusinessId>,
    /// How the person is called.
    pub name: String,
    /// Where e-mail goes.
    pub email: Option<EmailAddress>,
    /// Where text messages go.
    pub phone: Option<PhoneNumber>,
    /// Language; the business's where absent.
    pub locale: Option<Locale>,
    /// Time zone; the business's where absent.
    pub timezone: Option<Tz>,
    /// What the person chose for themselves. Storing a person leaves it as it is.
    pub choices: Choices,
}

impl Person {
    /// The first word of the name: what a greeting uses.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }

    /// Whether a channel has somewhere to go.
    pub fn has_address_for(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.email.is_some(),
            Channel::Sms => self.phone.is_some(),
            Channel::InApp => true,
        }
    }
}

impl Person {
    /// Whether a channel can reach the person by the address there is: text messages go to numbers that receive them.
    pub fn can_receive(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email | Channel::InApp => self.has_address_for(channel),
            Channel::Sms => self.phone.as_ref().is_some_and(receives_texts),
        }
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("actor", &self.actor)
            .field("role", &self.role)
            .field("business", &self.business)
            .field("email", &self.email)
            .field("phone", &self.phone)
            .finish_non_exhaustive()
    }
}
