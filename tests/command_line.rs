//! The command line, as a person and a program use it.

use serde_json::Value;

use crate::app::{Database, World};

async fn world() -> World {
    World::new(Database::Sqlite).await
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn the_demo_tells_the_whole_story_and_ends() {
    let world = world().await;
    let story = world.ask(&["demo", "--exit"]).await;
    for part in ["rendez-vous", "The day before", "An hour before", "SMS", "in-app", "each once"] {
        assert!(story.contains(part), "{part:?} is missing in:\n{story}");
    }
    assert!(!story.contains('\u{1b}'), "no colours in a pipe");
}

#[tokio::test]
async fn a_configuration_is_printed_with_its_secrets_masked() {
    let mut world = world().await;
    world.set("DATABASE_URL", "postgres://somebody:hidden@db.example/carillon");
    let printed = world.ask(&["serve", "--print-config"]).await;
    assert!(
        printed.contains("CARILLON_WORKER_CONCURRENCY=256") && printed.contains("SENDGRID_API_KEY=********"),
        "{printed}"
    );
    assert!(!printed.contains("hidden") && !printed.contains("SG.secret"));
}

#[tokio::test]
async fn production_refuses_what_is_missing_or_weak_and_names_it() {
    let mut world = world().await;
    world.set("CARILLON_ENV", "production");
    world.set("CARILLON_JWT_SECRET", &"a".repeat(48));
    world.set("CARILLON_MASTER_KEYS", &format!("a:{}=", "A".repeat(43)));
    world.set("CARILLON_BOOTSTRAP_KEY", "ck_live_a_b_0");
    world.unset("TWILIO_ACCOUNT_SID");
    let refused = world.run(&["serve"]).await;
    assert!(!refused.status.success());
    let named = [
        "CARILLON_MASTER_KEYS",
        "CARILLON_JWT_SECRET",
        "CARILLON_BOOTSTRAP_KEY",
        "TWILIO_ACCOUNT_SID",
        "EMAIL_FROM",
    ];
    for name in named {
        assert!(text(&refused.stderr).contains(name), "{name} is not named in {}", text(&refused.stderr));
    }
}

/// Two weeks of one salon: an appointment that is booked and then moved.
const WEEKS: &str = r#"{
  "business": {"id": "salon", "name": "Atelier Lumière", "settings": {"timezone": "Europe/Paris", "locale": "fr"}},
  "people": [{"id": "camille", "name": "Camille Laurent", "email": "camille@example.com", "phone": "+33612345678"}],
  "appointments": [
    {"at": "2026-12-01T10:00:00+01:00", "appointment": {"id": "a-1", "client_ids": ["camille"], "service": "Coupe",
     "status": "confirmed", "starts_at": "2026-12-04T14:30:00+01:00", "timezone": "Europe/Paris"}},
    {"at": "2026-12-02T09:00:00+01:00", "event": "appointment.rescheduled", "appointment": {"id": "a-1", "client_ids": ["camille"],
     "service": "Coupe", "status": "confirmed", "starts_at": "2026-12-05T10:00:00+01:00", "timezone": "Europe/Paris"}}
  ]
}"#;

#[tokio::test]
async fn weeks_are_played_and_a_change_of_rules_is_judged_before_it_is_made() {
    let world = world().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (weeks, other) = (folder.path().join("weeks.json"), folder.path().join("other.json"));
    std::fs::write(&weeks, WEEKS).expect("written");
    let rules = r#"{"timezone": "Europe/Paris", "locale": "fr", "reminders": {"rules": [{"before": "1 day before at 18:00", "channels": ["email"]}]}}"#;
    std::fs::write(&other, rules).expect("written");
    let (weeks, other) = (weeks.display().to_string(), other.display().to_string());
    let span = ["--from", "2026-12-01", "--to", "2026-12-10", "--appointments", &weeks];
    let played = world.ask(&[["simulate"].as_slice(), &span].concat()).await;
    for line in [
        "Tue 2026-12-01 10:00  e-mail  Camille Laurent       client.appointment_confirmed",
        "Fri 2026-12-04 10:00  e-mail  Camille Laurent       client.reminder_24h",
        "Sat 2026-12-05 09:00  SMS     Camille Laurent       client.reminder_1h",
        "3 e-mails, 1 SMS, 2 in-app notifications",
    ] {
        assert!(played.contains(line), "{line:?} is missing in:\n{played}");
    }
    assert!(!played.contains("Thu 2026-12-03"), "nothing for the old time:\n{played}");
    assert!(!played.contains("do not leave"), "every reminder leaves:\n{played}");
    let never = folder.path().join("never.json");
    let rules = r#"{"timezone": "Europe/Paris", "locale": "fr", "reminders": {"rules": [{"before": "the same day at 11:00", "channels": ["sms"]}]}}"#;
    std::fs::write(&never, rules).expect("written");
    let never = never.display().to_string();
    let left_out = world.ask(&[["simulate"].as_slice(), &span, &["--settings", &never]].concat()).await;
    let row = "Sat 2026-12-05 11:00  SMS     Camille Laurent       client.reminder_1h              the same day at 11:00: too_late";
    assert!(
        left_out.contains("do not leave") && left_out.contains(row),
        "{row:?} is missing in:\n{left_out}"
    );
    let judged = world.ask(&[["simulate"].as_slice(), &span, &["--against", &other]].concat()).await;
    for line in ["- Fri 2026-12-04 10:00", "+ Fri 2026-12-04 18:00", "- Sat 2026-12-05 09:00"] {
        assert!(judged.contains(line), "{line:?} is missing in:\n{judged}");
    }
    let nothing = world.run(&["simulate", "--from", "2026-12-01", "--to", "2026-12-02"]).await;
    assert!(!nothing.status.success() && text(&nothing.stderr).contains("--appointments FILE"));
}

#[tokio::test]
async fn the_doctor_says_what_to_mend_with_exit_code_1() {
    let mut world = world().await;
    world.unset("CARILLON_PUBLIC_URL");
    let healthy = world.run(&["doctor", "--json"]).await;
    assert_eq!(healthy.status.code(), Some(0), "{}", text(&healthy.stdout));
    let report: Value = serde_json::from_slice(&healthy.stdout).expect("JSON");
    assert_eq!(report["healthy"], true);
    world.set("DATABASE_URL", "postgres://127.0.0.1:1/nobody");
    let ill = world.run(&["doctor"]).await;
    assert_eq!(ill.status.code(), Some(1));
    assert!(text(&ill.stdout).contains("mend"), "{}", text(&ill.stdout));
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let world = world().await;
    let made = world
        .ask(&[
            "keys",
            "create",
            "--scope",
            "business:salon",
            "--permissions",
            "events:write",
            "--name",
            "app",
            "--json",
        ])
        .await;
    let made: Value = serde_json::from_str(&made).expect("JSON");
    assert!(made["secret"].as_str().expect("a secret").starts_with("ck_live_"));
    assert_eq!(
        (&made["scope"], &made["permissions"]),
        (&"business:salon".into(), &vec!["events:write"].into())
    );
    let id = made["id"].as_str().expect("an id");
    assert!(world.ask(&["keys", "list"]).await.contains(id));
    world.ask(&["keys", "revoke", id]).await;
    assert!(world.ask(&["keys", "list"]).await.contains("revoked"));
    let wrong = world.run(&["keys", "create", "--scope", "everything", "--name", "x"]).await;
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("--scope"), "{}", text(&wrong.stderr));
}

#[tokio::test]
async fn errors_name_the_flag_or_the_file_to_change() {
    let world = world().await;
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("other.json");
    std::fs::write(
        &settings,
        r#"{"timezone": "Europe/Paris", "locale": "fr", "sms": {"monthly_budget": "many"}}"#,
    )
    .expect("written");
    let weeks = folder.path().join("weeks.json");
    std::fs::write(&weeks, WEEKS).expect("written");
    let (settings, weeks) = (settings.display().to_string(), weeks.display().to_string());
    let span = ["--from", "2026-12-01", "--to", "2026-12-02", "--appointments", &weeks];
    let table = [
        (vec!["keys", "create", "--scope", "platform", "--name", ""], "--name: "),
        (
            vec!["keys", "create", "--scope", "platform", "--name", "x", "--permissions", "y"],
            "--permissions: ",
        ),
        (vec!["templates", "preview", "client.nothing"], "carillon kinds"),
        (vec!["send", "--kind", "client.payment_confirmed", "--to", "nobody"], "--"),
        ([["simulate"].as_slice(), &span, &["--against", &settings]].concat(), "other.json"),
    ];
    for (arguments, named) in table {
        let refused = world.run(&arguments).await;
        let said = text(&refused.stderr);
        assert!(!refused.status.success() && said.contains(named), "{arguments:?}: {said}");
        assert!(!said.contains("  /") && !said.contains("recipient_id"), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn the_first_start_tells_of_the_database_in_one_line() {
    let mut world = world().await;
    world.set("RUST_LOG", "info");
    let key = world.ask(&["keys", "draft"]).await.trim().to_owned();
    world.set("CARILLON_BOOTSTRAP_KEY", &key);
    let mut app = world.start_with(&key).await;
    app.get("/v1/kinds").await;
    assert!(app.stop().await.success());
    let log = std::fs::read_to_string(world.folder.path().join("log")).expect("a log");
    let lines = log.lines().filter(|line| line.to_lowercase().contains("migration")).count();
    assert_eq!(lines, 1, "{log}");
}

#[tokio::test]
async fn the_doctor_looks_at_the_public_url_and_the_clock() {
    let mut world = world().await;
    world.unset("CARILLON_PUBLIC_URL");
    let examined: Value =
        serde_json::from_slice(&world.run(&["doctor", "--json"]).await.stdout).expect("JSON");
    let found = |check: &str| {
        let checks = examined["checks"].as_array().expect("checks");
        checks.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{check}")).clone()
    };
    assert_eq!(
        (&found("public URL")["ok"], &found("clock")["ok"]),
        (&true.into(), &true.into()),
        "{examined}"
    );
    world.set("CARILLON_PUBLIC_URL", "https://carillon.invalid");
    let ill = world.run(&["doctor"]).await;
    assert_eq!(ill.status.code(), Some(1));
    assert!(
        text(&ill.stdout).contains("https://carillon.invalid cannot be reached"),
        "{}",
        text(&ill.stdout)
    );
}

#[tokio::test]
async fn a_key_that_the_operator_drafted_opens_the_api_from_the_first_start() {
    let mut world = world().await;
    let key = world.ask(&["keys", "draft"]).await.trim().to_owned();
    world.set("CARILLON_BOOTSTRAP_KEY", &key);
    for _start in ["first", "again"] {
        let mut app = world.start_with(&key).await;
        app.get("/v1/kinds").await;
        assert!(app.stop().await.success());
    }
    world.set("CARILLON_BOOTSTRAP_KEY", "ck_live_secret");
    let refused = world.run(&["serve"]).await;
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("CARILLON_BOOTSTRAP_KEY"),
        "{}",
        text(&refused.stderr)
    );
}

#[tokio::test]
async fn one_notification_can_be_sent_by_hand() {
    let world = world().await;
    let person = r#"{"id":"c-1","name":"Camille Laurent","email":"camille@example.com"}"#;
    let sent = world
        .ask(&["send", "--kind", "client.payment_confirmed", "--business", "salon", "--to", person, "--json"])
        .await;
    let sent: Value = serde_json::from_str(&sent).expect("JSON");
    assert_eq!(sent["messages"][0]["status"], "sent", "{sent}");
    assert_eq!(world.sendgrid.unique_messages(), 1);
    let unknown = world.run(&["send", "--kind", "client.nothing", "--to", person]).await;
    assert!(
        !unknown.status.success() && text(&unknown.stderr).contains("--kind: "),
        "{}",
        text(&unknown.stderr)
    );
}

#[tokio::test]
async fn texts_are_checked_and_previewed() {
    let world = world().await;
    assert!(world.ask(&["templates", "check"]).await.starts_with("42 kinds"));
    let preview = world
        .ask(&["templates", "preview", "client.reminder_1h", "--channel", "sms", "--locale", "fr"])
        .await;
    assert!(preview.contains("1 segment"), "{preview}");
    let broken = world.folder.path().join("broken/client.thing");
    std::fs::create_dir_all(&broken).expect("a folder");
    std::fs::write(broken.join("kind.toml"), "colour = 1").expect("a file");
    let refused =
        world.run(&["templates", "check", &world.folder.path().join("broken").display().to_string()]).await;
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("kind.toml"),
        "{}",
        text(&refused.stderr)
    );
}

#[tokio::test]
async fn the_specification_is_printed() {
    let printed = world().await.ask(&["openapi"]).await;
    let document: Value = serde_json::from_str(&printed).expect("JSON");
    assert!(document["paths"]["/v1/events"]["post"].is_object());
}

#[tokio::test]
async fn the_kinds_are_listed_for_people_and_for_programs() {
    let world = world().await;
    let table = world.ask(&["kinds"]).await;
    assert!(table.starts_with("KIND") && table.contains("client.payment_confirmed"), "{table}");
    let listed: Value = serde_json::from_str(&world.ask(&["kinds", "--json"]).await).expect("JSON");
    let items = listed["items"].as_array().expect("items");
    assert_eq!(items.len(), table.lines().count() - 1);
}

#[tokio::test]
async fn the_public_url_follows_the_bound_address_unless_it_is_set() {
    let mut world = world().await;
    world.unset("CARILLON_PUBLIC_URL");
    world.set("CARILLON_BIND", "127.0.0.1:9123");
    let printed = world.ask(&["serve", "--print-config"]).await;
    assert!(printed.contains("CARILLON_PUBLIC_URL=http://127.0.0.1:9123"), "{printed}");
}

#[tokio::test]
async fn the_doctor_names_a_misspelt_setting_with_the_one_that_was_meant() {
    let mut world = world().await;
    world.set("CARILLON_PUBLC_URL", "https://salon.example");
    let examined = text(&world.run(&["doctor"]).await.stdout);
    assert!(examined.contains("CARILLON_PUBLC_URL is no setting; CARILLON_PUBLIC_URL is one"), "{examined}");
}
