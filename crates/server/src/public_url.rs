//! The public URL where none is set: it follows the address that the server listens on.

/// The URL under which a server bound to this address is reached from the same machine.
pub(crate) fn of_bind(bind: &str) -> String {
    let (host, port) = bind.rsplit_once(':').unwrap_or((bind, "80"));
    // The unspecified address accepts connections but is no destination.
    let host = match host {
        "0.0.0.0" | "" => "127.0.0.1",
        "[::]" => "[::1]",
        other => other,
    };
    format!("http://{host}:{port}")
}

/// Whether the port is known only when the server is bound.
pub(crate) fn needs_port(url: &str) -> bool {
    url.ends_with(":0")
}

#[cfg(test)]
mod tests {
    use super::{needs_port, of_bind};

    #[test]
    fn the_public_url_follows_the_bound_address() {
        for (bind, url) in [
            ("127.0.0.1:9123", "http://127.0.0.1:9123"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:8080", "http://[::1]:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(of_bind(bind), url);
        }
    }

    #[test]
    fn port_zero_is_not_yet_a_port() {
        assert!(needs_port(&of_bind("127.0.0.1:0")));
        assert!(!needs_port(&of_bind("127.0.0.1:8080")));
    }
}
