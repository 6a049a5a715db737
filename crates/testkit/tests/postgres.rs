//! The private PostgreSQL does what tests rely on, and leaves nothing behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use carillon_testkit::postgres::{PrivatePostgres, ask, fresh_database, fresh_database_at};

#[test]
fn it_answers_once_started_and_is_gone_with_its_folder_after_drop() {
    let server = PrivatePostgres::start();
    let (url, folder) = (server.url("postgres"), server.folder().to_owned());
    assert_eq!(ask(&url, "SELECT 1").as_deref(), Ok("1"));
    assert!(folder.is_dir());
    drop(server);
    assert!(ask(&url, "SELECT 1").is_err());
    assert!(!folder.exists());
}

#[test]
fn it_is_as_durable_as_in_production_and_speaks_utf_8() {
    let url = fresh_database();
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("max_connections", "200"),
        ("listen_addresses", "127.0.0.1"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(ask(&url, &format!("SHOW {setting}")).as_deref(), Ok(value), "{setting}");
    }
}

#[test]
fn each_fresh_database_is_empty_and_another() {
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let (one, other) = (fresh_database(), fresh_database());
    assert_ne!(one, other);
    ask(&one, "CREATE TABLE t (id int)").expect("a table is made");
    assert_eq!(ask(&one, tables).as_deref(), Ok("1"));
    assert_eq!(ask(&other, tables).as_deref(), Ok("0"));
}

#[test]
fn a_fresh_database_keeps_the_options_of_the_servers_url() {
    let server = PrivatePostgres::start();
    let url = fresh_database_at(&format!("{}?application_name=shared", server.url("postgres")));
    assert_eq!(ask(&url, "SHOW application_name").as_deref(), Ok("shared"));
    assert_ne!(ask(&url, "SELECT current_database()").as_deref(), Ok("postgres"));
}

#[test]
fn what_was_committed_survives_an_immediate_restart_and_a_stop() {
    let server = PrivatePostgres::start();
    let url = server.fresh_database();
    ask(&url, "CREATE TABLE t AS SELECT 7 AS id").expect("a table is made");
    server.immediate_restart();
    assert_eq!(ask(&url, "SELECT id FROM t").as_deref(), Ok("7"));
    server.stop();
    assert!(ask(&url, "SELECT id FROM t").is_err());
    server.start_again();
    assert_eq!(ask(&url, "SELECT id FROM t").as_deref(), Ok("7"));
}

#[test]
fn the_program_serves_until_its_input_ends() {
    let (mut program, url) = start_program();
    assert_eq!(ask(&fresh_database_at(&url), "SELECT 1").as_deref(), Ok("1"));
    drop(program.stdin.take());
    assert!(program.wait().expect("it ends").success());
    assert!(ask(&url, "SELECT 1").is_err());
}

#[test]
fn a_server_goes_when_the_process_that_started_it_is_killed() {
    let (mut program, url) = start_program();
    let data = ask(&url, "SHOW data_directory").expect("it answers");
    program.kill().expect("it runs");
    program.wait().expect("it ends");
    // The watchdog is no child of ours, so there is nothing to wait for but its effect.
    let patience = Instant::now() + Duration::from_secs(30);
    while std::fs::exists(&data).unwrap_or(true) {
        assert!(Instant::now() < patience, "its folder is still there: {data}");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ask(&url, "SELECT 1").is_err());
}

fn start_program() -> (std::process::Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_private-postgres"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut url = String::new();
    let mut lines = BufReader::new(program.stdout.take().expect("it is piped"));
    lines.read_line(&mut url).expect("it prints its URL");
    (program, url.trim_end().to_owned())
}
