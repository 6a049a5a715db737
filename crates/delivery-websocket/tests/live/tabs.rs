//! Several connections of one person stay in step.

use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn what_one_tab_reads_the_others_hear() {
    let world = World::new().await;
    world.file("camille", 5).await;
    let (mut one, _) = world.join("camille", Some(5)).await;
    let (mut other, _) = world.join("camille", Some(5)).await;
    one.say(&json!({"op": "read", "seqs": [2, 4, 99]})).await;
    assert_eq!(one.expect("counts").await["unread"], 3);
    assert_eq!(other.expect("read").await["seqs"], json!([2, 4]));
    assert_eq!(other.expect("counts").await["unread"], 3);
    one.say(&json!({"op": "read", "seqs": [2]})).await;
    assert_eq!(one.expect("counts").await["unread"], 3, "the one who asks is always answered");
    for tab in [&mut one, &mut other] {
        tab.say(&json!({"op": "ping"})).await;
        tab.expect("pong").await;
    }
    other.say(&json!({"op": "read", "seqs": [1]})).await;
    assert_eq!(other.expect("counts").await["unread"], 2);
    assert_eq!(one.expect("read").await["seqs"], json!([1]));
}

#[actix_web::test]
async fn what_is_done_by_http_every_tab_hears() {
    let world = World::new().await;
    world.file("camille", 4).await;
    let token = world.token("camille");
    let (mut one, _) = world.join("camille", Some(4)).await;
    let (mut other, _) = world.join("camille", Some(4)).await;
    world.request(&token, "POST", "/v1/inbox/3/read", "").await;
    for tab in [&mut one, &mut other] {
        assert_eq!(tab.expect("read").await["seqs"], json!([3]));
        assert_eq!(tab.expect("counts").await["unread"], 3);
    }
    world.request(&token, "POST", "/v1/inbox/1/archive", "").await;
    for tab in [&mut one, &mut other] {
        assert_eq!(tab.expect("archived").await["seqs"], json!([1]));
        let counts = tab.expect("counts").await;
        assert_eq!((&counts["unread"], &counts["total"]), (&json!(2), &json!(3)));
    }
    assert_eq!(world.request(&token, "POST", "/v1/inbox/read-all", "").await, json!({"read": 2}));
    for tab in [&mut one, &mut other] {
        assert_eq!(tab.expect("read").await["seqs"], json!([2, 4]));
        assert_eq!(tab.expect("counts").await["unread"], 0);
    }
    let (mut late, _) = world.join("camille", None).await;
    assert_eq!(late.notifications(3).await, [2, 3, 4], "what was put away is not shown again");
}

#[actix_web::test]
async fn what_one_tab_has_seen_counts_for_all() {
    let world = World::new().await;
    world.file("camille", 3).await;
    let (mut one, welcome) = world.join("camille", Some(3)).await;
    let (mut other, _) = world.join("camille", Some(3)).await;
    assert_eq!(welcome["unseen"], 3);
    one.say(&json!({"op": "seen", "seq": 2})).await;
    for tab in [&mut one, &mut other] {
        let counts = tab.expect("counts").await;
        assert_eq!((&counts["unseen"], &counts["unread"]), (&json!(1), &json!(3)));
    }
    let (_, welcome) = world.join("camille", Some(3)).await;
    assert_eq!(welcome["unseen"], 1);
}
