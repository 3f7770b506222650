//! Websites, as the name of their host: `https://www.Example.nl/contact` becomes `example.nl`.
//!
//! Pages on hosts that many customers share keep their path: `facebook.com/bakkerijbos`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::email;
use super::folded::squeezed;
use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "website",
    "web_site",
    "webadres",
    "web_adres",
    "webpagina",
    "internetadres",
    "internet",
    "homepage",
    "url",
    "website_url",
    "site",
    "web",
    "www",
    "webaddress",
    "web_address",
    "company_website",
    "company_url",
    "domain",
    "domein",
    "domain_name",
    "internetadresse",
    "webseite",
];

/// Hosts on which each customer has a page.
const SHARED: &[&str] = &[
    "facebook.com",
    "linkedin.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "youtube.com",
    "tiktok.com",
    "pinterest.com",
    "marktplaats.nl",
    "sites.google.com",
    "etsy.com",
    "linktr.ee",
];

/// Whether a value looks like a website: it says so, or is a host in a usual domain.
pub fn resembles(value: &str, _context: &Context) -> bool {
    const USUAL: [&str; 9] = [".nl", ".com", ".be", ".de", ".eu", ".org", ".net", ".co.uk", ".fr"];
    let lower = value.trim().to_lowercase();
    let says_so =
        lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.");
    host(&lower).is_some_and(|site| says_so || USUAL.iter().any(|ending| site.ends_with(ending)))
}

/// Claims the host.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    if email::resembles(value, context) {
        out.finding(FindingCode::WrongField);
        return email::standardise(value, context, out);
    }
    match host(&value.trim().to_lowercase()) {
        Some(site) => out.claim(AttributeId::WEBSITE, site, Validity::Valid),
        None => {
            out.finding(FindingCode::InvalidWebsite);
            if value.contains(char::is_alphanumeric) {
                out.claim(AttributeId::WEBSITE, squeezed(value).to_lowercase(), Validity::Invalid);
            }
        }
    }
}

/// The host of an address in small letters, and its path where the host is shared.
fn host(address: &str) -> Option<String> {
    let address = address.trim_end_matches(['.', ',', ';', '/']);
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = after_scheme.find(['/', '?', '#', ' ']).unwrap_or(after_scheme.len());
    let (authority, path) = after_scheme.split_at(end);
    let name = authority.split(':').next()?.trim_end_matches('.');
    let mut name = name;
    while let Some(rest) = name.strip_prefix("www.") {
        name = rest;
    }
    if !email::is_domain(name) || path.starts_with(' ') {
        return None;
    }
    // Their pages live under a language too: `nl.linkedin.com`.
    let shared = SHARED.iter().find(|shared| {
        name == **shared || name.strip_suffix(**shared).is_some_and(|sub| sub.ends_with('.'))
    });
    let Some(shared) = shared else { return Some(name.into()) };
    let page = path
        .split(['?', '#', ' '])
        .next()
        .unwrap_or_default()
        .trim_end_matches(['/', '.', ',', ';']);
    Some(format!("{shared}{page}"))
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn standardised(value: &str) -> Output {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let mut out = Output::default();
        standardise(value, &context, &mut out);
        out
    }

    fn check(value: &str, claim: &str, validity: Validity) {
        let out = standardised(value);
        assert_eq!(
            (out.claims[0].value.as_str(), out.claims[0].validity),
            (claim, validity),
            "{value}"
        );
    }

    #[test]
    fn websites() {
        check("www.example.nl", "example.nl", Validity::Valid);
        check("https://www.Example.nl/contact?a=b", "example.nl", Validity::Valid);
        check("HTTP://example.nl:8080/", "example.nl", Validity::Valid);
        check("shop.example.co.uk", "shop.example.co.uk", Validity::Valid);
        check("bäckerei.example", "bäckerei.example", Validity::Valid);
        check("https://www.facebook.com/bakkerijbos/", "facebook.com/bakkerijbos", Validity::Valid);
        check("nl.linkedin.com/company/bos?x=1", "linkedin.com/company/bos", Validity::Valid);
    }

    #[test]
    fn no_websites() {
        check("geen", "geen", Validity::Invalid);
        check("example nl", "example nl", Validity::Invalid);
        check("http://", "http://", Validity::Invalid);
        let out = standardised("jan@example.nl");
        assert_eq!(out.claims[0].attribute, AttributeId::EMAIL);
        assert_eq!(out.findings[0].code, FindingCode::WrongField);
    }

    #[test]
    fn only_websites_resemble_websites() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        assert!(resembles("www.example.nl", &context));
        assert!(resembles("example.com", &context));
        for other in ["jan@example.nl", "A.B.", "J.Jansen", "geen", "12.50"] {
            assert!(!resembles(other, &context), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_site_gives_the_same(text in "(https?://|www\\.|facebook\\.com|example\\.nl|/|:|\\?|[a-cA-C.]{1,4}| ){0,6}|\\PC{0,30}") {
            for claim in standardised(&text).claims.iter().filter(|claim| claim.attribute == AttributeId::WEBSITE) {
                let again = standardised(&claim.value).claims;
                prop_assert_eq!(&again[0].value, &claim.value);
            }
        }
    }
}
