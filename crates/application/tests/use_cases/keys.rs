//! Keys that an operator brings along.

use carillon_application::Refusal;
use carillon_application::keys::{Keys, draft, weakness};
use carillon_domain::Reach;

use crate::world::World;

#[tokio::test]
async fn a_key_that_the_operator_drafted_is_adopted_once_and_sees_all() {
    let world = World::new().await;
    let (keys, secret) = (Keys::new(&world.ports), draft(&*world.ports.vault));
    assert_eq!(keys.check(&secret).await, Ok(None), "a draft opens nothing");
    assert_eq!(keys.adopt("bootstrap", &secret).await, Ok(true));
    assert_eq!(keys.adopt("bootstrap", &secret).await, Ok(false), "at the next start");
    let caller = keys.check(&secret).await.expect("a look").expect("a key of ours");
    assert_eq!(caller.reach, Reach::Platform);
    assert_eq!(keys.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_revoked_key_is_not_revived_by_a_restart() {
    let world = World::new().await;
    let (keys, secret) = (Keys::new(&world.ports), draft(&*world.ports.vault));
    keys.adopt("bootstrap", &secret).await.expect("adopted");
    let id = keys.list().await.expect("a list")[0].id.clone();
    keys.revoke(&id).await.expect("revoked");
    assert_eq!(keys.adopt("bootstrap", &secret).await, Ok(false));
    assert_eq!(keys.check(&secret).await, Ok(None));
}

#[tokio::test]
async fn what_is_no_key_or_has_the_id_of_another_is_refused() {
    let world = World::new().await;
    let keys = Keys::new(&world.ports);
    for secret in ["", "secret", "ck_live_a_b_00000000"] {
        let refused = keys.adopt("bootstrap", secret).await;
        assert!(
            matches!(refused, Err(Refusal::Input { code: "invalid_key", .. })),
            "{secret:?}: {refused:?}"
        );
    }
    let secret = draft(&*world.ports.vault);
    keys.adopt("bootstrap", &secret).await.expect("adopted");
    let id = keys.list().await.expect("a list")[0].id.clone();
    let body = format!("ck_live_{id}_{}", "another".repeat(7));
    let other = format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()));
    assert!(matches!(keys.adopt("bootstrap", &other).await, Err(Refusal::Input { .. })));
}

#[tokio::test]
async fn a_key_that_could_be_guessed_is_weak() {
    let world = World::new().await;
    assert_eq!(weakness(&draft(&*world.ports.vault)), None);
    for random in ["short", &"a".repeat(60)] {
        let body = format!("ck_live_id_{random}");
        let secret = format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()));
        assert!(weakness(&secret).is_some(), "{secret}");
    }
}
