//! People: storing, erasing (GDPR art. 17), exporting (art. 15 and 20).

use std::sync::Arc;

use carillon_domain::ids::PersonId;
use carillon_domain::{Actor, BusinessId, Country, Permission, Person, Principal, Reach, Role};
use carillon_ports::SuppressionList;
use carillon_ports::history::{Filter, NotificationRecord, Page};
use carillon_ports::inbox::InboxItem;

pub use crate::consents::{Chain, Consent, Decision, Holding, Recorded, Topic};
use crate::inline::check_person_name;
use crate::suppressions::Shown;
use crate::{Ports, Problem, Refusal, access, live};

/// All that is held on a person.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The person.
    pub person: Person,
    /// Every decision, oldest first.
    pub consents: Vec<Recorded>,
    /// Whether they are as they were recorded; of all of them, also of those that the caller does not see.
    pub chain: Chain,
    /// Every notification, newest first, with texts.
    pub notifications: Vec<NotificationRecord>,
    /// The inbox, newest first.
    pub inbox: Vec<InboxItem>,
    /// What stands against the addresses, the oldest first.
    pub suppressions: Vec<Shown>,
}

/// Manages people.
#[derive(Clone)]
pub struct Recipients {
    pub(crate) ports: Ports,
    pub(crate) lists: Arc<[Arc<dyn SuppressionList>]>,
}

impl Recipients {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), lists: Arc::default() }
    }

    /// The same, telling providers that keep lists of their own what is lifted.
    #[must_use]
    pub fn with_lists(self, lists: Arc<[Arc<dyn SuppressionList>]>) -> Self {
        Self { lists, ..self }
    }

    /// One person.
    pub async fn show(&self, caller: &Principal, id: &PersonId) -> Result<Person, Refusal> {
        self.require_about(caller, Permission::RecipientsWrite, id).await?;
        self.find(caller, id).await
    }

    /// The country in which a business dials; `None` where there is no such business.
    pub async fn country(&self, business: Option<BusinessId>) -> Result<Option<Country>, Refusal> {
        let Some(business) = business else { return Ok(None) };
        let found = self.ports.directory.find_business(&business).await?;
        Ok(found.and_then(|business| business.settings.country()))
    }

    /// Makes or replaces a person; `true` when new.
    pub async fn put(&self, caller: &Principal, person: Person) -> Result<bool, Refusal> {
        access::require(&self.ports, caller, Permission::RecipientsWrite).await?;
        access::require_business(&self.ports, caller, person.business.as_ref()).await?;
        check(&person)?;
        let known = self.ports.directory.find_people(std::slice::from_ref(&person.id)).await?.pop();
        if known.as_ref().is_some_and(|known| !caller.reach.sees(known.business.as_ref())) {
            return Err(Refusal::NotFound { what: "recipient" });
        }
        self.require_rank(caller, known.iter().chain([&person])).await?;
        let is_new = self.ports.directory.put_person(&person, self.ports.clock.now()).await?;
        if known.is_some_and(|known| !has_same_standing(&known, &person)) {
            live::dismissed(&self.ports, &person.id).await;
        }
        access::note(
            &self.ports,
            &caller.name(),
            "recipient.put",
            person.business.clone(),
            person.id.as_str(),
        )
        .await;
        Ok(is_new)
    }

    /// Erases a person.
    pub async fn erase(&self, caller: &Principal, id: &PersonId) -> Result<(), Refusal> {
        access::require(&self.ports, caller, Permission::RecipientsWrite).await?;
        let person = self.find(caller, id).await?;
        self.require_rank(caller, [&person]).await?;
        self.ports.directory.erase_person(id, self.ports.clock.now()).await?;
        live::dismissed(&self.ports, id).await;
        access::note(&self.ports, &caller.name(), "recipient.erased", person.business, id.as_str()).await;
        Ok(())
    }

    /// All that is held on a person.
    pub async fn export(&self, caller: &Principal, id: &PersonId) -> Result<Dossier, Refusal> {
        self.require_about(caller, Permission::RecipientsExport, id).await?;
        let person = self.find(caller, id).await?;
        access::note(&self.ports, &caller.name(), "recipient.exported", person.business.clone(), id.as_str())
            .await;
        let (consents, chain) = self.proved(id).await?;
        Ok(Dossier {
            consents: Self::in_sight(caller, id, consents),
            chain,
            notifications: self.all_notifications(caller, id).await?,
            inbox: self.inbox_in_sight(caller, id).await?,
            suppressions: self.shown(caller, &person).await?,
            person,
        })
    }

    /// Support answers clients and manages them alone; only an owner, or a key, manages the people of the business: nobody raises
    /// their own rank.
    pub(crate) async fn require_rank(
        &self,
        caller: &Principal,
        people: impl IntoIterator<Item = &Person>,
    ) -> Result<(), Refusal> {
        if caller.is_support() && people.into_iter().any(|person| person.actor != Actor::EndClient) {
            access::note(&self.ports, &caller.name(), "access.refused", None, "rank").await;
            return Err(Refusal::Forbidden(Permission::RecipientsWrite));
        }
        Ok(())
    }

    /// The permission, or being the person in question.
    pub(crate) async fn require_about(
        &self,
        caller: &Principal,
        permission: Permission,
        id: &PersonId,
    ) -> Result<(), Refusal> {
        if caller.person() == Some(id) {
            Ok(())
        } else {
            access::require(&self.ports, caller, permission).await
        }
    }

    pub(crate) async fn find(&self, caller: &Principal, id: &PersonId) -> Result<Person, Refusal> {
        let own = Reach::Person(id.clone());
        let reach = if caller.person() == Some(id) { &own } else { &caller.reach };
        self.ports.directory.find_person(id, reach).await?.ok_or(Refusal::NotFound { what: "recipient" })
    }

    /// How far the caller sees of this person: the person sees all, a business what is its own.
    pub(crate) fn sight(caller: &Principal, id: &PersonId) -> Reach {
        if caller.person() == Some(id) { Reach::Person(id.clone()) } else { caller.reach.clone() }
    }

    async fn all_notifications(
        &self,
        caller: &Principal,
        id: &PersonId,
    ) -> Result<Vec<NotificationRecord>, Refusal> {
        let (filter, reach) =
            (Filter { recipient: Some(id.clone()), ..Filter::default() }, Self::sight(caller, id));
        let (mut whole, mut after) = (Vec::new(), None);
        loop {
            let page =
                self.ports.history.list_notifications(&filter, &reach, Page { after, limit: 100 }).await?;
            let Some(last) = page.last() else { return Ok(whole) };
            after = Some(last.notification.id);
            for record in &page {
                whole.extend(self.ports.history.find_notification(record.notification.id, &reach).await?);
            }
        }
    }

    async fn inbox_in_sight(&self, caller: &Principal, id: &PersonId) -> Result<Vec<InboxItem>, Refusal> {
        let reach = Self::sight(caller, id);
        let (mut whole, mut before) = (Vec::new(), None);
        loop {
            let page = self.ports.inbox.list_inbox(id, before, 100).await?;
            let Some(last) = page.last() else { return Ok(whole) };
            before = Some(last.seq);
            for item in page {
                // An item belongs to whoever's notification it shows; a business sees its own.
                let in_sight = match &reach {
                    Reach::Platform | Reach::Person(_) => true,
                    Reach::Business(_) => {
                        self.ports.history.find_notification(item.notification, &reach).await?.is_some()
                    }
                };
                if in_sight {
                    whole.push(item);
                }
            }
        }
    }
}

/// Whether what a token says of one holds for the other.
fn has_same_standing(one: &Person, other: &Person) -> bool {
    (one.actor, one.role, &one.business) == (other.actor, other.role, &other.business)
}

fn check(person: &Person) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    if let Err(detail) = check_person_name(&person.name) {
        problems.push(Problem::at("/name", detail));
    }
    match (person.actor, person.role, &person.business) {
        (Actor::BusinessUser, None, _) => {
            problems.push(Problem::at("/role", "is required for a business_user: owner, staff or support"));
        }
        (Actor::BusinessUser, Some(Role::Owner | Role::Staff | Role::Support), None) => {
            problems.push(Problem::at("/business_id", "is required for a business_user"));
        }
        (Actor::PlatformAdmin | Actor::EndClient, Some(_), _) => {
            problems.push(Problem::at("/role", "is only for a business_user"));
        }
        (Actor::PlatformAdmin, None, Some(_)) => {
            problems.push(Problem::at("/business_id", "is not for a platform_admin"));
        }
        _ => {}
    }
    Refusal::unless_empty("invalid_recipient", problems)
}
