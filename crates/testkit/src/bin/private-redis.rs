//! Starts a private Redis, prints its URL as the first line, and stops it when standard input ends: the test command starts one for a
//! whole run and hands the URL on as `CARILLON_TEST_REDIS_URL`.

use std::io::{self, Write};

use carillon_testkit::redis::PrivateRedis;

fn main() -> io::Result<()> {
    let server = PrivateRedis::start();
    writeln!(io::stdout(), "{}", server.url())?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
