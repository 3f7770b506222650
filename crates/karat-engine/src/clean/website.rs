//! Websites, as people say them: without scheme, `www.` and closing slash.
//!
//! `HTTPS://www.Bos.example/` becomes `bos.example`; the path keeps its case.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::email::is_domain;
use super::output::{Context, Output};

/// Headers of columns with websites.
pub const HEADERS: &[&str] = &[
    "website",
    "url",
    "web",
    "homepage",
    "webadres",
    "internet",
    "site",
    "web_site",
    "www",
    "webseite",
    "website_url",
];

/// Whether a value looks like a website.
pub fn resembles(value: &str, _: &Context) -> bool {
    let folded = value.to_ascii_lowercase();
    let prefixed = folded.starts_with("http://")
        || folded.starts_with("https://")
        || folded.starts_with("www.");
    let host = folded.split('/').next().unwrap_or_default();
    let top = host.rsplit('.').next().unwrap_or_default();
    let domain = host.contains('.')
        && (2..=6).contains(&top.len())
        && top.bytes().all(|b| b.is_ascii_lowercase());
    let tidy = !value.contains(['@', ' ']) && host.len() > 4 && !host.ends_with('.');
    tidy && (prefixed || domain && host.split('.').all(|label| label.len() > 1))
}

/// Claims the address.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let bare = bare(value);
    let (host, path) = bare.split_at(bare.find(['/', '?', '#']).unwrap_or(bare.len()));
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_website = is_domain(name) && port.parse::<u16>().is_ok() && !path.contains(' ');
    if is_website {
        return out.claim(
            AttributeId::WEBSITE,
            format!("{}{path}", host.to_lowercase()),
            Validity::Valid,
        );
    }
    out.finding(FindingCode::InvalidWebsite);
    out.claim(AttributeId::WEBSITE, value.trim(), Validity::Invalid);
}

/// The address without what stands around it.
fn bare(value: &str) -> &str {
    let mut bare = value;
    loop {
        let trimmed = bare.trim_matches(|c: char| c.is_whitespace() || "/.,;<>()\"".contains(c));
        let without_scheme = without(trimmed, "http:").or_else(|| without(trimmed, "https:"));
        let without_www = || without(trimmed, "www.").filter(|rest| rest.contains('.'));
        match without_scheme.or_else(without_www) {
            Some(rest) => bare = rest,
            None => return trimmed,
        }
    }
}

fn without<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    #[test]
    fn addresses_are_standardised() {
        for (text, expected) in [
            ("https://www.Bos.example/", "bos.example"),
            ("HTTP://bos.example", "bos.example"),
            ("www.bos.example", "bos.example"),
            ("bos.example/Over-Ons/", "bos.example/Over-Ons"),
            ("winkel.bos.example:8080/a?b=C", "winkel.bos.example:8080/a?b=C"),
            ("http://https://bos.example", "bos.example"),
            ("www.nl", "www.nl"),
            ("bos", "bos! !invalid_website"),
            ("geen site.example", "geen site.example! !invalid_website"),
            ("jan@post.example", "jan@post.example! !invalid_website"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", address in "(https?://|www\\.|/){0,3}[a-zA-Z./?:]{0,20}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&address, standardise, &DUTCH)?;
        }
    }
}
