//! How often a credential may ask.

use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::{Permission, Reach};
use carillon_ports::Limits;
use carillon_ports::limits::{Ask, LimitError, Verdict};
use chrono::TimeDelta;

use crate::bodies::user;
use crate::world::World;

/// Answers so many requests, and then the first that is refused.
async fn until_refused(world: &World, credential: &str, most: usize) -> (usize, crate::world::Reply) {
    let mut answered = 0;
    loop {
        let reply = world.get_as(credential, "/v1/kinds").await;
        if reply.status != 200 || answered == most {
            return (answered, reply);
        }
        answered += 1;
    }
}

#[actix_web::test]
async fn a_person_who_asks_too_often_is_asked_to_wait_and_nobody_else_is() {
    let world = World::new().await;
    world.put("/v1/recipients/ines", &user("salon", "staff")).await.expect(201);
    world.put("/v1/recipients/marc", &user("salon", "staff")).await.expect(201);
    let (ines, marc) = (world.token("ines").await, world.token("marc").await);
    let (answered, refused) = until_refused(&world, &ines, 100).await;
    assert_eq!(answered, 60);
    let refused = refused.expect(429);
    assert_eq!((refused.problem().as_str(), refused.header("retry-after")), ("too_many_requests", "1"));
    world.get_as(&marc, "/v1/kinds").await.expect(200);
    world.get("/v1/kinds").await.expect(200);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(until_refused(&world, &ines, 100).await.0, 10, "six hundred a minute are ten a second");
}

#[actix_web::test]
async fn the_key_of_one_business_is_limited_and_a_platform_key_is_not() {
    let world = World::new().await;
    let own = world.business_key("salon").await;
    assert_eq!(until_refused(&world, &own, 700).await.0, 600);
    assert_eq!(until_refused(&world, &world.platform, 700).await.0, 700);
}

/// Limits that nobody reaches.
struct Away;

#[async_trait]
impl Limits for Away {
    async fn take(&self, _: &[Ask]) -> Result<Vec<Verdict>, LimitError> {
        Err(LimitError("no route".to_owned()))
    }
}

#[actix_web::test]
async fn limits_that_are_away_stop_nobody() {
    let world = World::with(|ports| ports.limits = Arc::new(Away)).await;
    let own = world.key(Reach::Business("salon".parse().expect("an id")), vec![Permission::StatsRead]).await;
    world.get_as(&own, "/v1/kinds").await.expect(200);
}
