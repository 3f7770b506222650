//! Requests to other servers: to applications that hear what is wrong, and to collectors of spans.
//!
//! `https://` is believed where this machine's own store of certificates vouches for the server, so
//! that an authority of one's own counts as well.

use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Asks for no longer than this, follows no redirects, and gives any status as an answer.
pub fn agent(time_max: Duration) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.tls_config(tls).timeout_global(Some(time_max)).build().into()
}
