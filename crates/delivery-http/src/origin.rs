//! Where somebody decides from: part of the proof of a consent.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The internet address behind a request, as far as it is known.
///
/// Whoever connects from outside is who they are. Whoever connects from the same machine or a private network is taken for the proxy that
/// stands before this service, and what it added last to `X-Forwarded-For` for its own peer: entries before that are the client's own word.
pub(crate) fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_inside(peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all("X-Forwarded-For").last().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|text| text.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

fn is_inside(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_proxy_of_our_own_is_believed_and_only_its_own_entry() {
        let table = [
            ("203.0.113.9:4000", None, "203.0.113.9"),
            ("203.0.113.9:4000", Some("192.0.2.7"), "203.0.113.9"),
            ("10.0.0.2:4000", Some("192.0.2.7"), "192.0.2.7"),
            ("127.0.0.1:4000", Some("198.51.100.1, 192.0.2.7"), "192.0.2.7"),
            ("[::ffff:10.0.0.2]:4000", Some("2001:db8::7"), "2001:db8::7"),
            ("10.0.0.2:4000", Some("unknown"), "10.0.0.2"),
            ("10.0.0.2:4000", None, "10.0.0.2"),
        ];
        for (peer, forwarded, expected) in table {
            let request = TestRequest::default().peer_addr(peer.parse().expect("an address"));
            let request = match forwarded {
                Some(text) => request.insert_header(("X-Forwarded-For", text)),
                None => request,
            };
            let found = super::address(&request.to_http_request());
            assert_eq!(found, expected.parse().ok(), "{peer} {forwarded:?}");
        }
        assert_eq!(super::address(&TestRequest::default().to_http_request()), None);
    }
}
