//! Bodies that cannot be read at all.

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};

use crate::bodies::cancellation;
use crate::world::{World, request, with_body};

#[actix_web::test]
async fn what_is_not_json_is_refused_with_its_place() {
    let world = World::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_data = format!(
        r#"{{"type":"payment.received","business_id":"salon","data":{}{}}}"#,
        r#"{"a":"#.repeat(200),
        "}".repeat(200)
    );
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"{}x".to_vec(),
        b"nul".to_vec(),
        br#"{"type": "a",}"#.to_vec(),
        br#"{"unknown": 1, "type": }"#.to_vec(),
        b"{\"type\": \"\xff\xfe\"}".to_vec(),
        br#"{"type": "\ud800"}"#.to_vec(),
        br#"{"type": 1e999}"#.to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        deep.into_bytes(),
        deep_data.into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let asked = with_body(request(Method::POST, "/v1/events", Some(&world.platform)), body);
        let reply = world.send(asked).await;
        assert_eq!(
            (reply.status, reply.problem().as_str()),
            (400, "malformed_json"),
            "{shown}: {}",
            reply.text
        );
        assert!(reply.json()["detail"].as_str().expect("a detail").contains("column"));
    }
    let depth_40 = format!(
        r#"{{"type":"payment.received","business_id":"s","data":{}1{}}}"#,
        r#"{"a":"#.repeat(40),
        "}".repeat(40)
    );
    let asked = with_body(request(Method::POST, "/v1/events", Some(&world.platform)), depth_40);
    let reply = world.send(asked).await.expect(422);
    assert_eq!(reply.json()["errors"][0]["pointer"], "/data");
}

#[actix_web::test]
async fn only_json_of_at_most_1_mib_is_read() {
    let world = World::new().await;
    let body = || cancellation("salon", 1).to_string();
    let post = || request(Method::POST, "/v1/events", Some(&world.platform));
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "",
        "application/jsonx",
    ] {
        let reply =
            world.send(post().insert_header((CONTENT_TYPE, kind)).set_payload(body())).await.expect(415);
        assert_eq!(reply.problem(), "unsupported_media_type");
    }
    world.send(post().set_payload(body())).await.expect(415);
    world.send(with_body(post(), body()).insert_header((CONTENT_ENCODING, "gzip"))).await.expect(415);
    let asked = post().insert_header((CONTENT_TYPE, "Application/JSON; charset=UTF-8")).set_payload(body());
    world.send(asked).await.expect(202);

    let mut long = body();
    long.push_str(&" ".repeat(1_048_576 - long.len()));
    world.send(with_body(post(), long.clone())).await.expect(202);
    long.push(' ');
    let reply = world.send(with_body(post(), long)).await.expect(413);
    assert_eq!(reply.problem(), "body_too_large");
    let reply = world.send(with_body(post(), "{}").insert_header((CONTENT_LENGTH, "1048577"))).await;
    assert_eq!(reply.expect(413).problem(), "body_too_large");
}
