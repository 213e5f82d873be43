//! Which web pages may open a socket. A browser lets any page connect to any server, this machine's own included, and
//! says in `Origin` where the page came from; it is the server that has to refuse.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, header};
use serde::Deserialize;

/// Scheme, host and port of a web page, as browsers send it: `https://app.example.org`, `http://localhost:3000`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// Not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin: write it like https://app.example.org, without a path")]
pub struct OriginError(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let rest = text.split_once("://").filter(|(scheme, _)| !scheme.is_empty()).map(|(_, rest)| rest);
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*', ' ']) => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            _ => Err(OriginError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Decides which pages may connect.
#[derive(Debug, Clone, Default)]
pub struct OriginPolicy {
    allowed: Vec<Origin>,
    any_own_name: bool,
}

impl OriginPolicy {
    /// Pages on this machine, pages this server serves, and pages of the `allowed` origins.
    ///
    /// `listen` is where the server listens. While that is this machine only, "pages this server serves" has to have
    /// been asked for as `localhost` or by address: a page elsewhere can make its own name point to this machine and
    /// would otherwise pass for one of ours. Behind a proxy, name the public origin in `allowed`.
    pub fn new(allowed: Vec<Origin>, listen: SocketAddr) -> Self {
        Self { allowed, any_own_name: !listen.ip().is_loopback() }
    }

    /// Whether a request with these headers may open a socket. Programs that are not browsers send no `Origin` and may.
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return true };
        if origins.next().is_some() {
            return false;
        }
        let Ok(origin) = origin.to_str() else { return false };
        let origin = origin.to_ascii_lowercase();
        if self.allowed.iter().any(|allowed| allowed.0 == origin) {
            return true;
        }
        let Some((_, authority)) = origin.split_once("://") else { return false };
        let name = host_name(authority);
        if is_this_machine(name) {
            return true;
        }
        let own = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        own.is_some_and(|own| own.eq_ignore_ascii_case(authority))
            && (self.any_own_name || address(name).is_some())
    }
}

/// The host of `host:port`, with the brackets of an IPv6 address.
fn host_name(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn address(name: &str) -> Option<IpAddr> {
    name.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_this_machine(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost") || address(name).is_some_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(policy: &OriginPolicy, origin: &str, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        headers.insert(header::HOST, host.parse().unwrap());
        policy.allows(&headers)
    }

    fn policy(listen: &str, allowed: &[&str]) -> OriginPolicy {
        OriginPolicy::new(
            allowed.iter().map(|origin| origin.parse().unwrap()).collect(),
            listen.parse().unwrap(),
        )
    }

    #[test]
    fn pages_elsewhere_are_refused() {
        let policy = policy("127.0.0.1:8787", &[]);
        assert!(!allows(&policy, "https://evil.example", "127.0.0.1:8787"));
        assert!(!allows(&policy, "http://localhost.evil.example", "localhost:8787"));
        assert!(!allows(&policy, "http://127.0.0.1.evil.example", "127.0.0.1:8787"));
        assert!(!allows(&policy, "null", "127.0.0.1:8787"));
        assert!(!allows(&policy, "file://", "127.0.0.1:8787"));
    }

    #[test]
    fn pages_on_this_machine_and_programs_may() {
        let policy = policy("127.0.0.1:8787", &[]);
        assert!(allows(&policy, "http://localhost:3000", "127.0.0.1:8787"));
        assert!(allows(&policy, "http://127.0.0.1:8787", "127.0.0.1:8787"));
        assert!(allows(&policy, "http://[::1]:8787", "[::1]:8787"));
        assert!(policy.allows(&HeaderMap::new()));
    }

    #[test]
    fn a_name_that_points_here_is_not_ours_while_only_this_machine_is_served() {
        assert!(!allows(&policy("127.0.0.1:8787", &[]), "http://evil.example:8787", "evil.example:8787"));
        assert!(allows(&policy("0.0.0.0:8787", &[]), "http://box.example:8787", "box.example:8787"));
        assert!(allows(&policy("0.0.0.0:8787", &[]), "http://10.0.0.7:8787", "10.0.0.7:8787"));
        assert!(!allows(&policy("0.0.0.0:8787", &[]), "http://evil.example", "10.0.0.7:8787"));
    }

    #[test]
    fn named_origins_may() {
        let policy = policy("127.0.0.1:8787", &["https://App.example.org"]);
        assert!(allows(&policy, "https://app.example.org", "127.0.0.1:8787"));
        assert!(!allows(&policy, "http://app.example.org", "127.0.0.1:8787"));
        assert!("https://app.example.org/path".parse::<Origin>().is_err());
        assert!("*".parse::<Origin>().is_err());
    }
}
