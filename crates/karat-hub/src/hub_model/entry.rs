//! How customers are looked at that are typed in.

use karat_model::check::{EntryPolicy, EntrySettings};

use super::numbers::Bits;
use super::problem::Report;
use super::shape::{Located, Shape, described, entries, mapping, report_unknown_key};
use super::tree::Node;

/// The most origins, and the most reason codes, of a hub.
const LISTED_MAX: usize = 100;

mapping! {
    /// How customers are looked at that are typed in.
    EntryEntry {
        /// What happens to those who lack what their kind needs, or are likely known already;
        /// `soft` if left out.
        policy "policy": EntryPolicy,
        /// From how many bits of evidence somebody is likely known already; the threshold at which
        /// records are linked if left out.
        duplicates_from "duplicates_from": Bits,
        /// The sites whose forms may ask from the browsers of their visitors, such as
        /// `https://shop.example`; none if left out.
        origins "origins": Vec<Located<String>>,
        /// The codes of reasons to accept somebody nevertheless; `urgent`, `not_a_duplicate` and
        /// `rule_is_wrong` if left out.
        reason_codes "reason_codes": Vec<Located<String>>,
    }
}

impl EntryEntry {
    /// The settings.
    pub fn settings(self, report: &mut Report) -> EntrySettings {
        let mut settings = EntrySettings::standard();
        settings.policy = self.policy.map_or(settings.policy, |policy| policy.value);
        settings.duplicates_from_bits = self.duplicates_from.map(|bits| bits.value.0);
        let origins = self.origins.map(|origins| origins.value).unwrap_or_default();
        settings.origins = listed_once(origins, is_origin, report, |text| {
            (
                format!("`{text}` is no origin of a site"),
                "write scheme and host, and a port if it is unusual: `https://shop.example`",
            )
        });
        if let Some(codes) = self.reason_codes {
            settings.reason_codes = listed_once(codes.value, is_code, report, |text| {
                (
                    format!("`{text}` cannot be a reason code"),
                    "use lower-case letters, digits and `_`, and start with a letter",
                )
            });
        }
        settings
    }
}

/// Those that are well formed, each once; reports the others.
fn listed_once(
    given: Vec<Located<String>>,
    is_right: impl Fn(&str) -> bool,
    report: &mut Report,
    wrong: impl Fn(&str) -> (String, &'static str),
) -> Vec<String> {
    let mut listed: Vec<String> = Vec::with_capacity(given.len());
    for Located { value, place } in given {
        if !is_right(&value) {
            let (message, hint) = wrong(&value);
            report.error(place, message).with_hint(hint);
        } else if listed.contains(&value) {
            report
                .warning(place, format!("`{value}` stands here twice"))
                .with_hint("remove one of the two");
        } else if listed.len() == LISTED_MAX {
            report
                .error(place, format!("more than {LISTED_MAX} are listed"))
                .with_hint("leave those out that are not used any more");
            break;
        } else {
            listed.push(value);
        }
    }
    listed
}

/// Whether this is the origin of a site as browsers write it (RFC 6454, 6.2): scheme, host and
/// perhaps port, in lower case; a site without TLS only on this machine.
fn is_origin(text: &str) -> bool {
    let (host, is_safe) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(host), _) => (host, true),
        (_, Some(host)) => (host, false),
        _ => return false,
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let is_label = |label: &str| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.len() <= 63 && label.chars().all(is_plain)
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0);
    let is_this_machine = matches!(name, "localhost" | "127.0.0.1");
    name.split('.').all(is_label) && port.is_none_or(is_port) && (is_safe || is_this_machine)
}

fn is_code(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 64
        && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_those_that_browsers_write() {
        for text in ["https://shop.example", "https://a.b-c.example:8443", "http://localhost:3000"]
        {
            assert!(is_origin(text), "{text}");
        }
        for text in [
            "shop.example",
            "http://shop.example",
            "https://shop.example/",
            "https://Shop.example",
            "https://*.example",
            "https://u@shop.example",
            "https://shop.example:0",
            "https://",
            "null",
            "*",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }
}
