//! E-mail addresses, in small letters.
//!
//! ```text
//!   "Jan de Wit <Jan@Post.example>"  →  jan@post.example   repaired
//!   "mailto:jan@post.example,"       →  jan@post.example   repaired
//!   "jan(at)post.example"            →  jan@post.example   repaired
//!   "jan@gmial.com"                  →  jan@gmial.com      suspect; jan@gmail.com is suggested
//!   "jan@xn--mnchen-3ya.example"     →  jan@münchen.example
//! ```
//!
//! Domains with other letters than ASCII are read and written as people see them; the codes that
//! machines exchange for them (IDNA, UTS 46) are the same address. An address at a service for
//! addresses that are thrown away is found wrong; the services are a published list.
//!
//! The check is smaller than RFC 5321: no quoted local parts, no addresses of machines.

use std::borrow::Cow;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::{FindingCode, Repair};
use rapidfuzz::distance::osa;

use super::disposable_domains;
use super::output::{Context, Output};
use super::text;

/// Headers of columns with e-mail addresses.
pub const HEADERS: &[&str] = &[
    "email",
    "e_mail",
    "mail",
    "email_address",
    "e_mail_address",
    "emailadres",
    "e_mailadres",
    "mailadres",
    "email_1",
    "mail_address",
    "e_mail_adres",
    "email_adres",
    "courriel",
    "correo",
    "email_id",
    "mailbox",
    "e_post",
];

/// The lengths that RFC 5321 allows.
const ADDRESS_LENGTH_MAX: usize = 254;
const LOCAL_LENGTH_MAX: usize = 64;
const LABEL_LENGTH_MAX: usize = 63;

/// Whether a value looks like an e-mail address, misspelt or not.
pub fn resembles(value: &str, _: &Context) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains(' ')
    })
}

/// Claims the address; what has no `@`, or nothing else, is not kept.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let repaired = repair(value);
    let was_repaired = *repaired != *value.trim();
    let address = repaired.to_lowercase();
    if !is_address(&address) {
        out.finding(FindingCode::InvalidEmail);
        // Signs alone say nothing.
        if value.contains('@') && value.contains(char::is_alphanumeric) {
            out.claim(AttributeId::EMAIL, value.trim(), Validity::Invalid);
        }
        return;
    }
    let Some(mut address) = with_readable_domain(address) else {
        out.finding(FindingCode::UnknownEmailDomain);
        return out.claim(AttributeId::EMAIL, value.trim(), Validity::Invalid);
    };
    // As it is read, a sign such as `ʷ` is a letter, amid which others only look Latin.
    let latin = text::in_latin_letters(&address).filter(|latin| is_address(latin));
    let was_foreign = latin.is_some();
    if let Some(latin) = latin {
        address = latin;
        out.finding(FindingCode::LookalikeCharacters);
    }
    let meant = suggestion(&address);
    let is_doubtful = was_repaired || was_foreign || meant.is_some();
    if was_repaired {
        out.finding(FindingCode::Repaired);
    }
    let is_slip = meant.is_some();
    if let Some(meant) = meant {
        let repair = Repair::Replace { attribute: AttributeId::EMAIL, value: meant.into() };
        out.finding_with(FindingCode::MisspeltEmailDomain, repair);
    }
    // Slips of large providers are domains of such services too; who mistyped meant none.
    let domain = address.split_once('@').map_or("", |(_, domain)| domain);
    if !is_slip && disposable_domains::has(domain) {
        out.finding(FindingCode::DisposableEmail);
    }
    if is_role(&address) {
        out.finding(FindingCode::RoleEmail);
    }
    let validity = if is_doubtful { Validity::Suspect } else { Validity::Valid };
    out.claim(AttributeId::EMAIL, address, validity);
}

/// The address with its domain as people see it; `None` where no such domain can exist.
fn with_readable_domain(address: String) -> Option<String> {
    let Some((local, domain)) = address.split_once('@') else { return Some(address) };
    let is_plain = domain.is_ascii() && !domain.contains("xn--");
    if is_plain {
        return Some(address);
    }
    let coded = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL).ok()?;
    let (readable, read) = idna::domain_to_unicode(&coded);
    read.ok()?;
    // Letters that are written with marks stay in the code of machines.
    let domain = if is_domain(&readable) { readable.as_str() } else { &*coded };
    Some(format!("{local}@{domain}")).filter(|address| is_address(address))
}

/// Takes off what people and programs write around an address.
fn repair(value: &str) -> Cow<'_, str> {
    let value = value.trim();
    if is_address(value) {
        return Cow::Borrowed(value);
    }
    let mut text = value.to_owned();
    for (written, meant) in
        [("(at)", "@"), ("[at]", "@"), ("(dot)", "."), ("[dot]", "."), ("(punt)", ".")]
    {
        text = text.replace(written, meant);
    }
    for (written, meant) in [(" @", "@"), ("@ ", "@"), (" .", ".")] {
        while text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    let is_around =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ';');
    let mut candidates = text.split(is_around).filter(|word| word.contains('@'));
    let (Some(word), None) = (candidates.next(), candidates.next()) else {
        return Cow::Borrowed(value);
    };
    let bare = |c: char| matches!(c, '.' | ',' | ':' | '\'' | '/' | '-');
    let mut word = word.trim_matches(bare);
    if let Some((label, address)) = word.split_once(':') {
        // `mailto:`, `e-mail:`
        word = if address.contains('@') && !label.contains('@') { address } else { word };
    }
    // A comma where a dot should be: `jan@post,example`.
    Cow::Owned(word.trim_matches(bare).replace(',', "."))
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_local = |c: char| c.is_alphanumeric() || "._%+-'&/=?^{}~!#$*|`".contains(c);
    let local_fits = (1..=LOCAL_LENGTH_MAX).contains(&local.len())
        && local.chars().all(is_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    text.len() <= ADDRESS_LENGTH_MAX && local_fits && is_domain(domain)
}

/// Whether a text is a host name with a top-level domain, such as `mail.post.example`.
pub(super) fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_LENGTH_MAX).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    let top_fits = top.len() >= 2
        && (top.chars().all(char::is_alphabetic) || top.to_ascii_lowercase().starts_with("xn--"));
    top_fits && text.split('.').all(is_label)
}

/// Large providers of mailboxes with names that resemble few others, and their top-level domain if
/// they have only one.
const PROVIDERS: &[(&str, Option<&str>)] = &[
    ("gmail", Some("com")),
    ("hotmail", None),
    ("outlook", None),
    ("icloud", Some("com")),
    ("yahoo", None),
    ("ziggo", Some("nl")),
    ("kpnmail", Some("nl")),
    ("hetnet", Some("nl")),
    ("xs4all", Some("nl")),
    ("upcmail", Some("nl")),
    ("telenet", Some("be")),
];

/// The address that was probably meant, when its domain looks misspelt.
pub fn suggestion(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (name, top) = domain.split_once('.')?;
    let provider = provider(name);
    let meant_top = provider.and_then(|(_, top)| top).or_else(|| meant_top(top)).unwrap_or(top);
    let meant_name = provider.map_or(name, |(name, _)| name);
    let is_misspelt = meant_name != name || meant_top != top;
    is_misspelt.then(|| format!("{local}@{meant_name}.{meant_top}"))
}

/// The provider with this name, or with one that is one slip of the keyboard away from it.
///
/// A slip in the first letter is none: `ymail` and `mail` are no `gmail`.
fn provider(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let is_slip = |known: &str| {
        name.starts_with(&known[..1])
            && known.len().abs_diff(name.len()) <= 1
            && osa::distance(known.chars(), name.chars()) == 1
    };
    let exact = PROVIDERS.iter().find(|(known, _)| *known == name);
    exact.or_else(|| PROVIDERS.iter().find(|(known, _)| is_slip(known))).copied()
}

/// The top-level domain that a misspelt one stands for.
///
/// `cm` is Cameroon's, but in addresses of customers nearly always `com`.
fn meant_top(top: &str) -> Option<&'static str> {
    Some(match top {
        "con" | "cm" | "cmo" | "ocm" | "vom" | "xom" | "cpm" | "comm" | "coom" | "c0m" | "copm" => {
            "com"
        }
        "nk" | "ln" | "nll" | "nlk" | "nl.nl" => "nl",
        "ogr" | "orgg" => "org",
        "bee" => "be",
        _ => return None,
    })
}

/// Whether an address in small letters belongs to a role: `info@`, `sales@`, `noreply@`.
fn is_role(address: &str) -> bool {
    let local = address.split(['@', '+']).next().unwrap_or_default();
    matches!(
        local.trim_end_matches(|c: char| c.is_ascii_digit()),
        "info"
            | "sales"
            | "administratie"
            | "administration"
            | "admin"
            | "contact"
            | "kantoor"
            | "office"
            | "receptie"
            | "reception"
            | "secretariaat"
            | "verkoop"
            | "inkoop"
            | "financien"
            | "finance"
            | "facturen"
            | "factuur"
            | "facturatie"
            | "invoice"
            | "invoices"
            | "boekhouding"
            | "crediteuren"
            | "debiteuren"
            | "accounting"
            | "accounts"
            | "billing"
            | "buchhaltung"
            | "rechnung"
            | "vertrieb"
            | "support"
            | "service"
            | "klantenservice"
            | "helpdesk"
            | "hr"
            | "personeel"
            | "jobs"
            | "vacatures"
            | "marketing"
            | "pers"
            | "press"
            | "webmaster"
            | "postmaster"
            | "hostmaster"
            | "abuse"
            | "noreply"
            | "no-reply"
            | "no_reply"
            | "no.reply"
            | "donotreply"
            | "mail"
            | "post"
            | "email"
            | "bestellingen"
            | "orders"
            | "planning"
            | "directie"
            | "team"
            | "hello"
            | "hallo"
            | "welkom"
            | "reserveringen"
            | "balie"
            | "bestuur"
            | "magazijn"
            | "privacy"
            | "security"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::check;
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    #[test]
    fn addresses_are_standardised() {
        for (text, expected) in [
            ("jan@post.example", "jan@post.example"),
            ("Jan.de.Wit@Post.Example", "jan.de.wit@post.example"),
            ("jan+krant@post.example", "jan+krant@post.example"),
            ("o'brien@mail.post.example", "o'brien@mail.post.example"),
            ("j_w-3@a-b.example", "j_w-3@a-b.example"),
            ("jürgen@müller.example", "jürgen@müller.example"),
            (" jan@post.example ", "jan@post.example"),
            ("mailto:jan@post.example", "jan@post.example? !repaired"),
            ("jan@gmi\u{430}lcoe\u{2b7}.example", "jan@gmialcoew.example? !lookalike_characters"),
            ("e-mail: jan@post.example", "jan@post.example? !repaired"),
            ("Jan de Wit <jan@post.example>", "jan@post.example? !repaired"),
            ("\"Wit, de\" <jan@post.example>", "jan@post.example? !repaired"),
            ("jan@post.example.", "jan@post.example? !repaired"),
            ("jan@post.example,", "jan@post.example? !repaired"),
            ("jan @ post.example", "jan@post.example? !repaired"),
            ("jan(at)post.example", "jan@post.example? !repaired"),
            ("jan [at] post.example", "jan@post.example? !repaired"),
            ("jan@post,example", "jan@post.example? !repaired"),
            ("jan@post.example (werk)", "jan@post.example? !repaired"),
            ("jan@münchen.example", "jan@münchen.example"),
            ("jan@xn--mnchen-3ya.example", "jan@münchen.example"),
            ("jan@XN--MNCHEN-3YA.example", "jan@münchen.example"),
            // A near miss: another letter, another domain.
            ("jan@xn--mnchen-2ya.example", "jan@ümnchen.example"),
            ("jan@munchen.example", "jan@munchen.example"),
            ("@", " !invalid_email"),
            ("e@", "e@! !invalid_email"),
            ("jan@xn--a.example", "jan@xn--a.example! !unknown_email_domain"),
            ("jan@mailinator.com", "jan@mailinator.com !disposable_email"),
            ("jan@post.mailinator.com", "jan@post.mailinator.com !disposable_email"),
            ("info@mailinator.com", "info@mailinator.com !disposable_email !role_email"),
            ("jan@mailinator.example", "jan@mailinator.example"),
            ("jan@gmial.com", "jan@gmial.com? !misspelt_email_domain"),
            ("jan@gmail.con", "jan@gmail.con? !misspelt_email_domain"),
            ("jan@hotmial.nl", "jan@hotmial.nl? !misspelt_email_domain"),
            ("jan@bedrijf.nk", "jan@bedrijf.nk? !misspelt_email_domain"),
            ("info@bos.example", "info@bos.example !role_email"),
            ("Sales2@bos.example", "sales2@bos.example !role_email"),
            ("administratie@bos.example", "administratie@bos.example !role_email"),
            ("no-reply@bos.example", "no-reply@bos.example !role_email"),
            ("infoma@bos.example", "infoma@bos.example"),
            ("jan@post", "jan@post! !invalid_email"),
            ("jan@@post.example", "jan@@post.example! !invalid_email"),
            ("@post.example", "@post.example! !invalid_email"),
            ("jan..wit@post.example", "jan..wit@post.example! !invalid_email"),
            ("jan de wit@post..example", "jan de wit@post..example! !invalid_email"),
            ("jan@post.1", "jan@post.1! !invalid_email"),
            ("post.example", " !invalid_email"),
            ("belt niet", " !invalid_email"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    #[test]
    fn misspelt_domains_are_recognised() {
        for (domain, expected) in [
            ("gmial.com", Some("gmail.com")),
            ("gmail.con", Some("gmail.com")),
            ("gmail.nl", Some("gmail.com")),
            ("gmal.com", Some("gmail.com")),
            ("hotmial.nl", Some("hotmail.nl")),
            ("hotnail.com", Some("hotmail.com")),
            ("hotmail.co.uk", None),
            ("ziggo.ln", Some("ziggo.nl")),
            ("kpnmial.nl", Some("kpnmail.nl")),
            ("outlok.com", Some("outlook.com")),
            ("bedrijf.cm", Some("bedrijf.com")),
            ("gmail.com", None),
            ("ymail.com", None),
            ("mail.com", None),
            ("email.nl", None),
            ("planten.nl", None),
            ("bedrijf.com", None),
        ] {
            let expected = expected.map(|domain| format!("jan@{domain}"));
            assert_eq!(suggestion(&format!("jan@{domain}")), expected, "{domain}");
        }
    }

    #[test]
    fn a_misspelt_domain_comes_with_what_was_meant() {
        let repairs = |text| {
            let mut out = Output::default();
            standardise(text, &DUTCH, &mut out);
            out.findings.into_iter().filter_map(|finding| finding.repair).collect::<Vec<_>>()
        };
        let value = "jan@gmail.com".into();
        let meant = Repair::Replace { attribute: AttributeId::EMAIL, value };
        assert_eq!(repairs("Jan@gmial.com"), [Box::new(meant)]);
        // A repair that cleaning made itself is not proposed again.
        assert_eq!(repairs("mailto:jan@gmail.com"), []);
        assert_eq!(repairs("jan@ymail.com"), []);
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", address in "[ <(a-zA-Z.,@:é)>]{0,24}", domain in "(xn--)?[a-z0-9éßı-]{1,8}(-[a-z0-9]{2,4})?") {
            crate::clean::output::check_settles(&format!("jan@{domain}.example"), standardise, &DUTCH)?;
            crate::clean::output::check_settles(&text, standardise, &DUTCH)?;
            crate::clean::output::check_settles(&address, standardise, &DUTCH)?;
        }
    }
}
