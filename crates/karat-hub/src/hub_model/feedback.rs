//! How the owner of a source hears what is wrong with its records.

use karat_model::feedback::{Feedback, FeedbackRoute};
use karat_model::finding::{FindingCode, Severity};

use super::problem::{Place, Report};
use super::shape::{Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::nearest;
use super::tree::Node;
use super::words::Words;

/// By which way the owner of a source hears, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RouteWord {
    WorkList,
    Webhook,
}

impl Words for RouteWord {
    const WHAT: &'static str = "route";
    const CHOICES: &'static [RouteWord] = &[RouteWord::WorkList, RouteWord::Webhook];

    fn word(self) -> &'static str {
        match self {
            RouteWord::WorkList => "work_list",
            RouteWord::Webhook => "webhook",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            RouteWord::WorkList => "A file with a row for each finding.",
            RouteWord::Webhook => "JSON that is posted to an application.",
        }
    }

    fn synonyms() -> &'static [(&'static str, RouteWord)] {
        &[
            ("file", RouteWord::WorkList),
            ("csv", RouteWord::WorkList),
            ("http", RouteWord::Webhook),
            ("url", RouteWord::Webhook),
        ]
    }
}

mapping! {
    /// How the owner of a source hears what is wrong with its records, so that it is mended there.
    FeedbackEntry {
        /// Who answers for the source, such as `Sales operations`.
        owner "owner": String,
        /// By which way the owner hears; `webhook` if there is a `url`, else `work_list`.
        route "route": RouteWord,
        /// Where a webhook is posted: `http://` and a host, a port and a path.
        url "url": String,
        /// The checks and codes of findings that are told; all if left out.
        rules "rules": Vec<Located<String>>,
        /// The least severity that is told; `warning` if left out.
        severity_min "severity_min": Severity,
    }
}

impl FeedbackEntry {
    /// What it says; `None` when that has a mistake.
    pub fn feedback(&self, place: Place, report: &mut Report) -> Option<Feedback> {
        let route = match (self.route.as_ref().map(|route| route.value), &self.url) {
            (Some(RouteWord::WorkList), Some(url)) => {
                report
                    .error(url.place, "a work list is posted nowhere")
                    .with_hint("remove `url`, or write `route: webhook`");
                return None;
            }
            (Some(RouteWord::Webhook), None) => {
                if !self.wrong.contains(&"url") {
                    report
                        .error(place, "the webhook has no `url`")
                        .with_hint("add `url: https://crm.example/karat`, or the like");
                }
                return None;
            }
            (_, Some(url)) => FeedbackRoute::Webhook { url: readable_url(url, report)? },
            (_, None) => FeedbackRoute::WorkList,
        };
        let rules = self.rules.iter().flat_map(|rules| &rules.value);
        Some(Feedback {
            owner: self.owner.as_ref().map(|owner| owner.value.clone()),
            route,
            rules: rules.map(|rule| rule.value.clone()).collect(),
            severity_min: self.severity_min.as_ref().map_or(Severity::Warning, |it| it.value),
        })
    }

    /// Reports rules that there are not, among those of a hub with these checks.
    pub fn look_for_rules(&self, checks: &[&str], report: &mut Report) {
        let codes = || FindingCode::ALL.iter().map(|code| code.name());
        for rule in self.rules.iter().flat_map(|rules| &rules.value) {
            let name = rule.value.as_str();
            if checks.contains(&name) || codes().any(|code| code == name) {
                continue;
            }
            let hint = match nearest(name, checks.iter().copied().chain(codes())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "docs/checks.md lists the checks, docs/findings.md the codes".into(),
            };
            let message = format!("there is no check `{name}`, and no finding is called so");
            report.error(rule.place, message).with_hint(hint);
        }
    }
}

/// The address of a webhook, if requests can be posted there.
fn readable_url(url: &Located<String>, report: &mut Report) -> Option<String> {
    let text = url.value.as_str();
    let is_private = text.starts_with("https://");
    let scheme = if is_private { "https://" } else { "http://" };
    let rest = text.strip_prefix(scheme).filter(|_| !text.contains(char::is_whitespace));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    let Some(authority) = authority.filter(|it| is_authority(it)) else {
        report
            .error(url.place, "this is no address to post to")
            .with_hint("write `https://`, a host and perhaps a port and a path, and no password");
        return None;
    };
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if !is_private && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
        report
            .warning(url.place, "what is posted can be read on the way to another machine")
            .with_hint("write `https://`");
    }
    Some(text.to_string())
}

/// Whether this is a host, perhaps with a port, and nobody's name or password.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0);
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match inner {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            !host.is_empty() && host.chars().all(is_plain)
        }
    };
    is_host && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::is_authority;

    #[test]
    fn hosts_stand_alone_or_with_a_port() {
        for text in ["localhost", "127.0.0.1:8080", "[::1]", "[::1]:80", "crm.local", "a_b:1"] {
            assert!(is_authority(text), "{text}");
        }
        for text in ["", ":80", "a:0", "a:b", "eva:pw@crm.local", "crm local", "[::1", "a:65536"] {
            assert!(!is_authority(text), "{text}");
        }
    }
}
