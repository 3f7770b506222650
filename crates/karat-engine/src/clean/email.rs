//! E-mail addresses, in small letters: `Jan.Jansen@Example.NL` becomes `jan.jansen@example.nl`.
//!
//! The check is the practical part of RFC 5321: no quoted or non-ASCII local parts, a domain of two
//! labels or more, lengths as given there. Domains may hold letters of any script. A domain that
//! looks misspelt is kept as it is; the repair is only suggested. Two addresses in one field are two
//! claims.

use std::borrow::Cow;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::folded::{digit_count, squeezed};
use super::output::{Context, Output};
use super::phone;

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "email",
    "e_mail",
    "mail",
    "emailadres",
    "e_mailadres",
    "email_adres",
    "e_mail_adres",
    "mailadres",
    "mail_adres",
    "email_1",
    "email1",
    "e_mail_1",
    "email_2",
    "email2",
    "e_mail_2",
    "email_prive",
    "prive_email",
    "email_werk",
    "email_zakelijk",
    "zakelijk_email",
    "factuur_email",
    "email_address",
    "e_mail_address",
    "emailaddress",
    "mail_address",
    "primary_email",
    "secondary_email",
    "work_email",
    "home_email",
    "personal_email",
    "business_email",
    "billing_email",
    "contact_email",
    "customer_email",
    "user_email",
    "subscriber_email",
    "email_id",
    "mailbox",
    "e_mail_adresse",
    "email_adresse",
    "emailadresse",
    "mailadresse",
    "courriel",
];

/// Whether a value looks like an e-mail address.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let is_single = value.bytes().filter(|&b| b == b'@').count() == 1;
    is_single && is_valid(&value.trim().to_lowercase())
}

/// Claims each address of the value, as it is written, in small letters.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    for part in split(value) {
        standardise_one(part, context, out);
    }
}

/// The single addresses in a value: `jan@post.example; info@shop.example`.
pub fn split(value: &str) -> impl Iterator<Item = &str> {
    let separators: &[char] = &[';', ',', '|', '/', ' ', '\t', '\n'];
    let holds_several = value.bytes().filter(|&b| b == b'@').count() > 1;
    let each_has_its_own = || {
        let parts = value.split(separators).filter(|part| part.contains(char::is_alphanumeric));
        parts
            .map(|part| part.trim_matches(['<', '>']))
            .all(|part| part.bytes().filter(|&b| b == b'@').count() == 1)
    };
    let is_split = holds_several && each_has_its_own();
    let separators = if is_split { separators } else { &[] };
    value.split(separators).filter(|part| part.contains(char::is_alphanumeric))
}

fn standardise_one(value: &str, context: &Context, out: &mut Output) {
    let repaired = repaired(value);
    let was_repaired = matches!(repaired, Cow::Owned(_));
    let address = repaired.to_lowercase();
    if !is_valid(&address) {
        return invalid(value, context, out);
    }
    let is_role = is_role(&address);
    let is_misspelt = suggestion(&address).is_some();
    let is_suspect = was_repaired || is_misspelt;
    out.claim(
        AttributeId::EMAIL,
        address,
        if is_suspect { Validity::Suspect } else { Validity::Valid },
    );
    if was_repaired {
        out.finding(FindingCode::Repaired);
    }
    if is_misspelt {
        out.finding(FindingCode::MisspeltEmailDomain);
    }
    if is_role {
        out.finding(FindingCode::RoleEmail);
    }
}

fn invalid(value: &str, context: &Context, out: &mut Output) {
    out.finding(FindingCode::InvalidEmail);
    let is_phone =
        !value.contains('@') && digit_count(value) >= 9 && phone::resembles(value, context);
    if is_phone {
        out.finding(FindingCode::WrongField);
        return phone::standardise(value, context, out);
    }
    if value.contains(char::is_alphanumeric) {
        out.claim(AttributeId::EMAIL, squeezed(value).to_lowercase(), Validity::Invalid);
    }
}

/// Takes off what surrounds an address: `mailto:`, `Jan <…>`, a full stop, spaces, `(at)`.
fn repaired(value: &str) -> Cow<'_, str> {
    let trimmed = value.trim();
    let bare = trimmed.trim_matches(['.', ',', ';', ':', '<', '>', '"', '(', ')', '[', ']', '\'']);
    let mut address = bare;
    if let Some((_, after)) = bare.split_once('<') {
        address = after.split('>').next().unwrap_or(after);
    }
    if let Some(start) = address.get(..7)
        && start.eq_ignore_ascii_case("mailto:")
    {
        address = address[7..].split('?').next().unwrap_or_default();
    }
    let is_written_out = !address.contains('@');
    if is_written_out && let Some(address) = with_sign(address) {
        return Cow::Owned(address);
    }
    let has_space = address.contains(char::is_whitespace);
    if has_space && is_only_space_amiss(address) {
        return Cow::Owned(address.chars().filter(|c| !c.is_whitespace()).collect());
    }
    if address.len() == trimmed.len() {
        Cow::Borrowed(address)
    } else {
        Cow::Owned(address.trim().into())
    }
}

/// `jan (at) example (dot) nl` with its signs.
fn with_sign(address: &str) -> Option<String> {
    let lower = address.to_lowercase();
    let ats = ["(at)", "[at]", "{at}", " at ", "(apenstaartje)"];
    let at = ats.into_iter().find(|at| lower.contains(at))?;
    let mut address = lower.replacen(at, "@", 1);
    for dot in ["(dot)", "[dot]", "(punt)", "[punt]", " dot ", " punt "] {
        address = address.replace(dot, ".");
    }
    Some(address.chars().filter(|c| !c.is_whitespace()).collect())
}

/// Whether spaces stand only beside signs, so that taking them out joins no words.
fn is_only_space_amiss(address: &str) -> bool {
    let is_sign = |c: char| matches!(c, '@' | '.' | '_' | '-');
    let mut words = address.split_whitespace();
    let Some(mut before) = words.next() else { return false };
    words.all(|word| {
        let touches_sign = before.ends_with(is_sign) || word.starts_with(is_sign);
        before = word;
        touches_sign
    })
}

/// Whether an address in small letters has the form that mail servers accept.
fn is_valid(address: &str) -> bool {
    const LENGTH_MAX: usize = 254;
    const LOCAL_LENGTH_MAX: usize = 64;
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let has_length = address.len() <= LENGTH_MAX && (1..=LOCAL_LENGTH_MAX).contains(&local.len());
    has_length && local.split('.').all(is_atom) && is_domain(domain)
}

fn is_atom(part: &str) -> bool {
    let is_atom_character =
        |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    !part.is_empty() && part.bytes().all(is_atom_character)
}

/// Whether a text is a domain name of two labels or more.
pub(super) fn is_domain(domain: &str) -> bool {
    const LENGTH_MAX: usize = 253;
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    let has_letters = top.chars().count() >= 2 && !top.contains(|c: char| c.is_ascii_digit());
    let is_top = has_letters || top.starts_with("xn--");
    is_top && domain.len() <= LENGTH_MAX && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    const LENGTH_MAX: usize = 63;
    let is_inner = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let is_outer = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut characters = label.chars();
    let starts_well = is_outer(characters.next());
    label.len() <= LENGTH_MAX
        && starts_well
        && is_outer(label.chars().next_back())
        && label.chars().all(is_inner)
}

/// Whether the address belongs to a function rather than to a person.
fn is_role(address: &str) -> bool {
    const ROLES: &[&str] = &[
        "info",
        "informatie",
        "sales",
        "verkoop",
        "inkoop",
        "contact",
        "administratie",
        "administration",
        "admin",
        "noreply",
        "no-reply",
        "donotreply",
        "support",
        "service",
        "klantenservice",
        "customerservice",
        "servicedesk",
        "helpdesk",
        "boekhouding",
        "accounting",
        "facturen",
        "factuur",
        "facturatie",
        "invoice",
        "invoices",
        "crediteuren",
        "debiteuren",
        "finance",
        "financien",
        "hr",
        "jobs",
        "vacatures",
        "office",
        "kantoor",
        "mail",
        "post",
        "postmaster",
        "webmaster",
        "hostmaster",
        "abuse",
        "privacy",
        "receptie",
        "reception",
        "balie",
        "directie",
        "secretariaat",
        "marketing",
        "team",
        "hello",
        "hallo",
        "hoi",
        "welkom",
        "algemeen",
        "general",
        "bestellingen",
        "bestelling",
        "orders",
        "order",
        "shop",
        "winkel",
        "planning",
        "redactie",
        "reserveringen",
        "reservations",
        "booking",
        "rechnung",
        "buchhaltung",
        "kontakt",
        "buero",
        "vertrieb",
        "aankoop",
        "onthaal",
    ];
    let local = address.split('@').next().unwrap_or_default();
    ROLES.contains(&local)
}

/// Domains of the large providers around us, which people misspell: name and ending.
const PROVIDERS: &[(&str, &str)] = &[
    ("gmail", ".com"),
    ("googlemail", ".com"),
    ("hotmail", ".com"),
    ("hotmail", ".nl"),
    ("outlook", ".com"),
    ("live", ".nl"),
    ("live", ".com"),
    ("msn", ".com"),
    ("icloud", ".com"),
    ("yahoo", ".com"),
    ("ziggo", ".nl"),
    ("kpnmail", ".nl"),
    ("kpnplanet", ".nl"),
    ("planet", ".nl"),
    ("home", ".nl"),
    ("xs4all", ".nl"),
    ("hetnet", ".nl"),
    ("casema", ".nl"),
    ("chello", ".nl"),
    ("upcmail", ".nl"),
    ("quicknet", ".nl"),
    ("telfort", ".nl"),
    ("zonnet", ".nl"),
    ("caiway", ".nl"),
    ("telenet", ".be"),
    ("skynet", ".be"),
    ("gmx", ".de"),
    ("gmx", ".net"),
    ("web", ".de"),
    ("t-online", ".de"),
    ("freenet", ".de"),
    ("protonmail", ".com"),
];

/// Domains that exist although they look like a misspelt provider.
const LOOKALIKES: &[&str] = &[
    "mail.com",
    "email.com",
    "ymail.com",
    "gmx.com",
    "live.be",
    "live.de",
    "hotmail.be",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.es",
    "hotmail.se",
    "hotmail.dk",
    "outlook.be",
    "outlook.de",
    "outlook.fr",
    "outlook.nl",
    "outlook.it",
    "outlook.es",
    "yahoo.nl",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.it",
    "yahoo.es",
    "gmx.at",
    "gmx.ch",
    "plant.nl",
    "planet.be",
    "homes.nl",
    "home.pl",
    "icloud.nl",
    "web.dk",
    "planets.nl",
    "rocketmail.com",
];

/// Endings that no registry has, or that nobody means, and what is meant.
const ENDINGS: [(&str, &str, bool); 15] = [
    // Whether only the large providers are meant: `.cm` and `.co` are real.
    (".con", ".com", false),
    (".cmo", ".com", false),
    (".ocm", ".com", false),
    (".comm", ".com", false),
    (".coom", ".com", false),
    (".vom", ".com", false),
    (".xom", ".com", false),
    (".cim", ".com", false),
    (".cm", ".com", true),
    (".om", ".com", true),
    (".co", ".com", true),
    (".ln", ".nl", false),
    (".nk", ".nl", false),
    (".nll", ".nl", false),
    (".n", ".nl", false),
];

/// The address that was probably meant, where the domain looks misspelt.
pub fn suggestion(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    if LOOKALIKES.contains(&domain) {
        return None;
    }
    let meant = provider_meant(domain).or_else(|| ending_meant(domain))?;
    (meant != domain).then(|| format!("{local}@{meant}"))
}

/// The provider that is written so, or differs by one slip in its name, its ending or each of them.
fn provider_meant(domain: &str) -> Option<String> {
    let misspelt =
        ENDINGS.iter().find_map(|&(wrong, right, _)| Some((domain.strip_suffix(wrong)?, right)));
    let (name, ending) = match misspelt {
        Some(found) => found,
        None => domain.split_at(domain.rfind('.')?),
    };
    let mut providers = PROVIDERS.iter().filter(|(_, own_ending)| *own_ending == ending);
    let is_known = providers.clone().any(|(own_name, _)| *own_name == name);
    if is_known {
        return Some(format!("{name}{ending}"));
    }
    // Short names such as `web` and `home` are one slip away from many real ones.
    const LENGTH_MIN: usize = 5;
    let (own_name, _) = providers
        .find(|(own_name, _)| own_name.len() >= LENGTH_MIN && is_one_slip(own_name, name))?;
    Some(format!("{own_name}{ending}"))
}

/// The domain with an ending that exists.
fn ending_meant(domain: &str) -> Option<String> {
    let (wrong, right, _) =
        ENDINGS.iter().find(|(wrong, _, of_providers)| !of_providers && domain.ends_with(wrong))?;
    Some(format!("{}{right}", domain.strip_suffix(wrong)?))
}

/// Whether two words differ by one letter added, left out, changed, or swapped with the next.
fn is_one_slip(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let start = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - end], &right[..right.len() - end]);
    match (left, right) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn context() -> Context {
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst }
    }

    fn standardised(value: &str) -> Output {
        let mut out = Output::default();
        standardise(value, &context(), &mut out);
        out
    }

    /// Checks lines of `given | claims | validity of the first | findings`.
    fn check(table: &str) {
        for line in table.lines().filter(|line| line.contains('|')) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [given, claims, validity, findings] = cells[..] else {
                panic!("four cells: {line}")
            };
            let out = standardised(given);
            let values: Vec<_> = out.claims.iter().map(|claim| claim.value.as_str()).collect();
            let first =
                out.claims.first().map_or(String::new(), |claim| format!("{:?}", claim.validity));
            let found: Vec<_> = out.findings.iter().map(|finding| finding.code.name()).collect();
            assert_eq!(
                (values.join(" "), first.as_str(), found.join(" ")),
                (claims.into(), validity, findings.into()),
                "{given}"
            );
        }
    }

    #[test]
    fn addresses() {
        check(
            "
            jan@example.nl                   | jan@example.nl                 | Valid   |
            Jan.Jansen@Example.NL            | jan.jansen@example.nl          | Valid   |
            jan+krant@example.nl             | jan+krant@example.nl           | Valid   |
            j_jansen-2@mail.example.co.uk    | j_jansen-2@mail.example.co.uk  | Valid   |
            o'brien@example.ie               | o'brien@example.ie             | Valid   |
            jan@münchen.example              | jan@münchen.example            | Valid   |
            jan@xn--mnchen-3ya.example       | jan@xn--mnchen-3ya.example     | Valid   |
            a@b.nl; c@d.nl                   | a@b.nl c@d.nl                  | Valid   |
            a@b.nl, c@d.nl                   | a@b.nl c@d.nl                  | Valid   |
            a@b.nl / c@d.nl                  | a@b.nl c@d.nl                  | Valid   |
            info@bakkerij.example            | info@bakkerij.example          | Valid   | role_email
            NoReply@bakkerij.example         | noreply@bakkerij.example       | Valid   | role_email
            administratie@bakkerij.example   | administratie@bakkerij.example | Valid   | role_email
            informatica@bakkerij.example     | informatica@bakkerij.example   | Valid   |
            ",
        );
    }

    #[test]
    fn repairs() {
        check(
            "
            mailto:jan@example.nl            | jan@example.nl  | Suspect | repaired
            MAILTO:jan@example.nl?subject=x  | jan@example.nl  | Suspect | repaired
            Jan Jansen <jan@example.nl>      | jan@example.nl  | Suspect | repaired
            <jan@example.nl>                 | jan@example.nl  | Suspect | repaired
            jan@example.nl.                  | jan@example.nl  | Suspect | repaired
            jan@example.nl,                  | jan@example.nl  | Suspect | repaired
            jan @ example.nl                 | jan@example.nl  | Suspect | repaired
            jan@ example.nl                  | jan@example.nl  | Suspect | repaired
            jan@example .nl                  | jan@example.nl  | Suspect | repaired
            jan(at)example.nl                | jan@example.nl  | Suspect | repaired
            jan [at] example (dot) nl        | jan@example.nl  | Suspect | repaired
            info(at)example.nl               | info@example.nl | Suspect | repaired role_email
            ",
        );
    }

    #[test]
    fn no_addresses() {
        check(
            "
            jan                              | jan                 | Invalid | invalid_email
            jan@                             | jan@                | Invalid | invalid_email
            @example.nl                      | @example.nl         | Invalid | invalid_email
            jan@example                      | jan@example         | Invalid | invalid_email
            jan..jansen@example.nl           | jan..jansen@example.nl | Invalid | invalid_email
            jan@@example.nl                  | jan@@example.nl     | Invalid | invalid_email
            jan jansen@example.nl            | jan jansen@example.nl | Invalid | invalid_email
            jan@-example.nl                  | jan@-example.nl     | Invalid | invalid_email
            jan@example.123                  | jan@example.123     | Invalid | invalid_email
            jérôme@example.fr                | jérôme@example.fr   | Invalid | invalid_email
            06-12345678                      | +31612345678        | Valid   | invalid_email wrong_field
            ",
        );
    }

    #[test]
    fn misspelt_domains_are_kept_and_a_repair_is_suggested() {
        let table = "
            jan@gmial.com     | jan@gmail.com
            jan@gmal.com      | jan@gmail.com
            jan@gmail.con     | jan@gmail.com
            jan@gmail.cm      | jan@gmail.com
            jan@gmail.co      | jan@gmail.com
            jan@gmial.con     | jan@gmail.com
            jan@hotmial.nl    | jan@hotmail.nl
            jan@hotnail.com   | jan@hotmail.com
            jan@outlok.com    | jan@outlook.com
            jan@ziggo.ln      | jan@ziggo.nl
            jan@zigo.nl       | jan@ziggo.nl
            jan@kpnmial.nl    | jan@kpnmail.nl
            jan@planet.nk     | jan@planet.nl
            jan@bakkerij.con  | jan@bakkerij.com
        ";
        for line in table.lines().filter(|line| line.contains('|')) {
            let (given, meant) = line.split_once('|').expect("filtered");
            assert_eq!(suggestion(given.trim()).as_deref(), Some(meant.trim()), "{given}");
            let out = standardised(given);
            assert_eq!(out.claims[0].value, given.trim());
            assert_eq!(out.claims[0].validity, Validity::Suspect);
            assert_eq!(out.findings[0].code, FindingCode::MisspeltEmailDomain);
        }
        for real in [
            "jan@gmail.com",
            "jan@mail.com",
            "jan@ymail.com",
            "jan@hotmail.be",
            "jan@bakkerij.cm",
            "jan@home.nl",
            "jan@hom.nl",
        ] {
            assert_eq!(suggestion(real), None, "{real}");
        }
    }

    #[test]
    fn only_addresses_resemble_addresses() {
        assert!(resembles("Jan@Example.nl", &context()));
        for other in ["jan", "a@b.nl; c@d.nl", "06-12345678", "@jan"] {
            assert!(!resembles(other, &context()), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_address_gives_the_same(text in "[a-zA-Z@.<>;, ()àß0-9-]{0,24}|[a-cA-C]{1,3}( ?@ ?[a-c]{1,3}\\.(nl|con)[.;,>]? ?){1,2}|\\PC{0,20}") {
            for claim in standardised(&text).claims.iter().filter(|claim| claim.attribute == AttributeId::EMAIL) {
                let again = standardised(&claim.value).claims;
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(&again[0].value, &claim.value);
            }
        }
    }
}
