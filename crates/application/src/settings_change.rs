//! Changing the settings of a business from what they are now.

use std::fmt::Write as _;

use carillon_domain::{BusinessId, Permission, Principal, Settings};
use sha2::{Digest as _, Sha256};

use crate::accept::unless_overtaken;
use crate::businesses::{Businesses, SettingsChange, check};
use crate::replan::ReplanReminders;
use crate::{Refusal, access};

/// The revision of settings: a text that differs for settings that differ.
pub fn revision(settings: &Settings) -> String {
    let written = serde_json::to_vec(settings).unwrap_or_default();
    Sha256::digest(written).iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Businesses {
    /// Changes the settings of a business from what they are in that moment, and plans its reminders by them in the same transaction.
    /// Two changes at once never overwrite each other: the later one is worked out again. Where the caller names the revision that it
    /// read (one of several), nothing is done to another one.
    pub async fn change_settings(
        &self,
        caller: &Principal,
        id: &BusinessId,
        expected: Option<&[String]>,
        change: impl Fn(&Settings) -> Result<Settings, Refusal>,
    ) -> Result<SettingsChange, Refusal> {
        access::require(&self.ports, caller, Permission::BusinessesWrite).await?;
        let changed = unless_overtaken(|| async {
            let known = self.find(caller, id).await?;
            if expected.is_some_and(|expected| !expected.contains(&revision(&known.settings))) {
                return Err(Refusal::Changed { what: "settings" });
            }
            let mut after = known.clone();
            after.settings = change(&known.settings)?;
            check(&self.ports, &after.settings, "")?;
            ReplanReminders::new(&self.ports).settle_once(&after, Some(&known)).await?;
            Ok(SettingsChange { before: known.settings, after })
        });
        let changed = changed.await?;
        access::note(&self.ports, &caller.name(), "business.settings_put", Some(id.clone()), id.as_str())
            .await;
        Ok(changed)
    }
}
