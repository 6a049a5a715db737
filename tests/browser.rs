//! The mailbox page in a real browser.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use crate::app::{Database, World, until};
use crate::requests::cancellation;

/// The page as a browser has it after its scripts ran. `None` where there is no Chromium.
async fn seen(url: &str, folder: &Path) -> Option<String> {
    let mut chromium = Command::new("chromium");
    chromium
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args([
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
        ])
        .args(["--timeout=4000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(url);
    chromium.kill_on_drop(true);
    match tokio::time::timeout(Duration::from_mins(1), chromium.output()).await.expect("the browser answers")
    {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("chromium: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_can_be_looked_at_in_the_mailbox() {
    let mut world = World::new(Database::Sqlite).await;
    for name in ["SENDGRID_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"] {
        world.unset(name);
    }
    let app = world.start().await;
    let mut body = cancellation(1);
    body["data"]["client"]["name"] = "Mallory <script>document.title='stolen'</script>".into();
    app.post("/v1/events", &body).await;
    let page = format!("{}/console/mailbox", app.url);
    until("both are in the mailbox", || async {
        let text = app.client.get(&page).send().await.expect("the page").text().await.expect("text");
        text.contains("camille.1@example.com") && text.contains("+33612345678")
    })
    .await;
    let emails = format!("{page}?channel=email");
    let Some(dom) = seen(&emails, world.folder.path()).await else {
        return println!("left out: there is no Chromium here");
    };
    assert!(dom.contains("camille.1@example.com"), "{dom}");
    assert!(!dom.contains("data-channel=\"email\" hidden"), "the script filters as the server does: {dom}");
    assert!(dom.contains("<iframe") && dom.contains("sandbox"), "an e-mail's HTML is kept in a sandbox");
    assert!(
        dom.contains("&lt;script&gt;document.title") && !dom.contains("<script>document.title"),
        "what a stranger writes is text"
    );
}
