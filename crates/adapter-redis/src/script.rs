//! A Lua script: named by its digest, sent whole where Redis does not know it (any more).

use deadpool_redis::redis::{Cmd, ErrorKind, Script as Digested, ServerErrorKind, Value};

use crate::failure::{Away, Failure};
use crate::server::RedisServer;

/// A script that is known to the program.
#[derive(Debug)]
pub(crate) struct Script {
    source: &'static str,
    digest: String,
}

impl Script {
    pub(crate) fn new(source: &'static str) -> Self {
        Self { source, digest: Digested::new(source).get_hash().to_owned() }
    }

    /// Runs it with what `arguments` adds: the number of keys, the keys, the values.
    pub(crate) async fn run(
        &self,
        server: &RedisServer,
        arguments: impl Fn(&mut Cmd),
    ) -> Result<Value, Away> {
        let mut by_digest = Cmd::new();
        arguments(by_digest.arg("EVALSHA").arg(&self.digest));
        match server.ask_typed(&by_digest).await {
            // A restart or SCRIPT FLUSH forgets scripts.
            Err(Failure::Redis(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let mut whole = Cmd::new();
                arguments(whole.arg("EVAL").arg(self.source));
                server.ask(&whole).await
            }
            answer => answer.map_err(Away::from),
        }
    }
}
