//! The private Redis comes up, stops, crashes and goes away as the tests need it to.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use carillon_testkit::redis::{PrivateRedis, ask, fresh_prefix};

#[test]
fn what_was_written_outlives_a_restart_and_a_crash() {
    let redis = PrivateRedis::start();
    for (number, restart) in [PrivateRedis::restart, crash].into_iter().enumerate() {
        assert_eq!(redis.ask(&format!("SET key{number} 1")), "+OK");
        restart(&redis);
        assert_eq!(redis.ask("DBSIZE"), format!(":{}", number + 1));
    }
}

fn crash(redis: &PrivateRedis) {
    redis.kill();
    assert!(redis.process().is_none());
    assert!(ask(&redis.url(), "PING").is_err());
    redis.start_again();
}

#[test]
fn a_server_can_come_back_with_nothing() {
    let redis = PrivateRedis::start();
    assert_eq!(redis.ask("SET key 1"), "+OK");
    redis.stop();
    redis.start_empty();
    assert_eq!(redis.ask("DBSIZE"), ":0");
}

#[test]
fn two_servers_and_two_prefixes_do_not_meet() {
    let (one, other) = (PrivateRedis::start(), PrivateRedis::start());
    assert_eq!(one.ask("SET key 1"), "+OK");
    assert_eq!(other.ask("DBSIZE"), ":0");
    assert_ne!(fresh_prefix(), fresh_prefix());
}

#[test]
fn a_server_goes_with_whoever_started_it() {
    let redis = PrivateRedis::start();
    let url = redis.url();
    drop(redis);
    assert!(ask(&url, "PING").is_err());
}

#[test]
fn the_program_runs_until_its_input_closes() {
    let (mut program, url) = start_program();
    assert_eq!(ask(&url, "PING").unwrap(), "+PONG");
    drop(program.stdin.take());
    assert!(program.wait().expect("it ends").success());
    assert!(ask(&url, "PING").is_err());
}

#[test]
fn a_server_goes_when_the_process_that_started_it_is_killed() {
    let (mut program, url) = start_program();
    assert_eq!(ask(&url, "PING").unwrap(), "+PONG");
    program.kill().expect("it runs");
    program.wait().expect("it ends");
    // The watchdog is no child of ours, so there is nothing to wait for but its effect.
    let patience = Instant::now() + Duration::from_secs(30);
    while ask(&url, "PING").is_ok() {
        assert!(Instant::now() < patience, "it still answers");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn start_program() -> (std::process::Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_private-redis"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut url = String::new();
    let mut lines = BufReader::new(program.stdout.take().expect("it is piped"));
    lines.read_line(&mut url).expect("it prints its URL");
    (program, url.trim_end().to_owned())
}
