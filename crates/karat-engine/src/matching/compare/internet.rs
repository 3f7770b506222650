//! Compares where organisations are on the internet: e-mail addresses and websites together.
//!
//! A company writes from many mailboxes, `info@` and `j.jansen@`, but from one domain, which is
//! that of its website as well. Weighing address and website apart would count that twice. A
//! mailbox at a provider that many use says nothing beyond itself.

use std::sync::Arc;

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::column::FoldedColumn;
use super::{
    Compare, Compared, Frozen, Level, SILENT, Scope, Side, Terms, labels, level, out_of_line,
};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.10),
    out_of_line(
        "another mailbox, at a provider that many use",
        "een ander postvak, bij een provider die velen gebruiken",
        Different,
        0.07,
    ),
    level("same domain", "zelfde domein", Same, 0.41),
    level("the address a letter off", "het adres een letter anders", Close, 0.02),
    level("same", "gelijk", Same, 0.40),
];
const DIFFERENT: u8 = 1;
const AT_PROVIDER: u8 = 2;
const SAME_DOMAIN: u8 = 3;
const LETTER_OFF: u8 = 4;
const SAME: u8 = 5;

/// Providers of mailboxes that are known beforehand; a large table shows others by itself.
const PROVIDERS: [&str; 36] = [
    "aol.com",
    "bluewin.ch",
    "caiway.nl",
    "casema.nl",
    "chello.nl",
    "free.fr",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hetnet.nl",
    "home.nl",
    "hotmail.com",
    "hotmail.nl",
    "icloud.com",
    "kpnmail.nl",
    "laposte.net",
    "live.com",
    "live.nl",
    "me.com",
    "msn.com",
    "online.nl",
    "orange.fr",
    "outlook.com",
    "planet.nl",
    "proton.me",
    "protonmail.com",
    "quicknet.nl",
    "skynet.be",
    "t-online.de",
    "telenet.be",
    "upcmail.nl",
    "wanadoo.fr",
    "web.de",
    "xs4all.nl",
    "ziggo.nl",
];

/// The comparison of e-mail addresses and websites of organisations.
pub struct Internet<'a> {
    addresses: FoldedColumn<'a>,
    sites: FoldedColumn<'a>,
    /// The domains of both, and per address and site the number of its domain.
    domains: ValueSet,
    domain_of_address: Vec<Fold>,
    domain_of_site: Vec<Fold>,
    domain_rarities: Rarities,
    /// How many records have each domain: it decides which are providers, and does not change.
    record_counts: Arc<TermCounts>,
    are_providers: Vec<bool>,
    name: &'static str,
}

impl<'a> Internet<'a> {
    /// Whether a table is compared by this.
    pub fn suits(entity_type: EntityType) -> bool {
        entity_type == EntityType::Organisation
    }

    /// Prepares the e-mail addresses and websites of a table; `has_email` is false where there are
    /// only websites.
    pub fn prepare(table: &'a RecordTable, has_email: bool, frozen: Frozen) -> Internet<'a> {
        let name = if has_email { "email" } else { "website" };
        let mut frozen = frozen(name).unwrap_or_default().into_iter();
        let (counts, domain_counts, record_counts) = (frozen.next(), frozen.next(), frozen.next());
        let addresses = FoldedColumn::prepare(table, AttributeId::EMAIL, fold::exact, counts);
        let no_counts = Some(Arc::default());
        let sites = FoldedColumn::prepare(table, AttributeId::WEBSITE, fold::exact, no_counts);
        let mut domains = ValueSet::default();
        let mut domains_of = |column: &FoldedColumn| -> Vec<Fold> {
            let texts =
                column.values.folds().map(|fold| registered_domain(column.values.text(fold)));
            std::iter::once(NO_VALUE).chain(texts.map(|domain| domains.add(domain))).collect()
        };
        let domain_of_address = domains_of(&addresses);
        let domain_of_site = domains_of(&sites);
        let mut internet = Internet {
            addresses,
            sites,
            domains,
            domain_of_address,
            domain_of_site,
            domain_rarities: Rarities::default(),
            record_counts: Arc::default(),
            are_providers: Vec::new(),
            name,
        };
        internet.record_counts =
            record_counts.unwrap_or_else(|| internet.counted(Holders::Single(table.len())).counts);
        let rarities = Rarities::of_model(internet.record_counts.clone(), &internet.domains);
        let is_provider = |domain: Fold| {
            PROVIDERS.contains(&internet.domains.text(domain))
                || rarities.is_shared(&internet.domains, domain)
        };
        let are_providers = internet.domains.folds().map(is_provider);
        internet.are_providers = std::iter::once(false).chain(are_providers).collect();
        match domain_counts {
            Some(counts) => {
                internet.domain_rarities = Rarities::of_model(counts, &internet.domains);
            }
            None => internet.domain_rarities = internet.counted(Holders::Unknown(table.len())),
        }
        internet
    }

    fn counted(&self, holders: Holders) -> Rarities {
        Rarities::count(&self.domains, holders, |record, found| {
            found.extend(self.domains_of(record));
        })
    }

    /// The domains of a record, of its addresses and then of its sites.
    fn domains_of(&self, record: RecordNo) -> impl Iterator<Item = Fold> + '_ {
        let of_addresses = self.addresses.all(record).map(|at| self.domain_of_address[at as usize]);
        let of_sites = self.sites.all(record).map(|at| self.domain_of_site[at as usize]);
        of_addresses.chain(of_sites)
    }

    fn compare_addresses(&self, left: Fold, right: Fold) -> Compared {
        if left == NO_VALUE || right == NO_VALUE {
            return Compared::SILENT;
        }
        if left == right {
            return Compared::rare(SAME, self.addresses.rarity(left));
        }
        let values = &self.addresses.values;
        let [a, b] = [left, right].map(|address| values.value(address));
        const LENGTH_MIN: usize = 12;
        let digits = |address| values.text(address).bytes().filter(u8::is_ascii_digit);
        let letter_off = values.is_letter_off(a, b, LENGTH_MIN) && digits(left).eq(digits(right));
        if letter_off { Compared::at(LETTER_OFF) } else { Compared::SILENT }
    }

    /// Compares two domains, of which the addresses differ. Domains that are alike say nothing:
    /// they are a slip or a second ending of one company, or those of two whose names are alike,
    /// and the names were compared already.
    fn compare_domains(&self, left: Fold, right: Fold, cache: &mut LevelCache) -> Compared {
        if left == NO_VALUE || right == NO_VALUE {
            return Compared::SILENT;
        }
        if self.are_providers[left as usize] || self.are_providers[right as usize] {
            return Compared::at(AT_PROVIDER);
        }
        if left == right {
            return Compared::rare(SAME_DOMAIN, self.domain_rarities.of(&self.domains, left));
        }
        let are_alike = cache.level(left, right, || {
            let [a, b] = [left, right].map(|domain| self.domains.value(domain));
            let [first, other] = [left, right].map(|domain| stem(self.domains.text(domain)));
            const LENGTH_MIN: usize = 8;
            u8::from(first == other || self.domains.is_letter_off(a, b, LENGTH_MIN))
        }) == 1;
        if are_alike { Compared::SILENT } else { Compared::at(DIFFERENT) }
    }
}

/// The domain of an address or a website that somebody registered: without the host before it.
pub fn registered_domain(text: &str) -> &str {
    let host = text.rsplit('@').next().unwrap_or(text);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or(host);
    let mut labels = host.rsplit('.');
    let (ending, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    // `jansen.co.uk`: names are registered below the second label.
    let is_below =
        ending.len() == 2 && matches!(second, "co" | "com" | "org" | "net" | "ac" | "gov");
    let count = if is_below { 3 } else { 2 };
    let dots = host.rmatch_indices('.').map(|(at, _)| at + 1);
    &host[dots.chain([0]).nth(count - 1).unwrap_or(0)..]
}

/// A domain without its ending.
fn stem(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// What is kept per record: the first address, its domain, that of the first site, and whether
/// there are more.
const WIDTH: usize = 4;
const MORE: usize = 3;

impl Compare for Internet<'_> {
    fn name(&self) -> &str {
        self.name
    }
    fn label(&self) -> [String; 2] {
        match self.name {
            "email" => labels("E-mail and website", "E-mail en website"),
            _ => labels("Website", "Website"),
        }
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
    }
    fn width(&self) -> usize {
        WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        let (address, site) = (self.addresses.first(record), self.sites.first(record));
        fields.copy_from_slice(&[
            address,
            self.domain_of_address[address as usize],
            self.domain_of_site[site as usize],
            u32::from(self.addresses.has_more(record) || self.sites.has_more(record)),
        ]);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let are_single = left.fields[MORE] == 0 && right.fields[MORE] == 0;
        let mut best = if are_single {
            self.compare_addresses(left.fields[0], right.fields[0])
        } else {
            self.addresses
                .best_of_all(left.record, right.record, |a, b| self.compare_addresses(a, b))
        };
        if best.level >= LETTER_OFF {
            return best;
        }
        if are_single {
            for &a in &left.fields[1..MORE] {
                for &b in &right.fields[1..MORE] {
                    best = best.or(self.compare_domains(a, b, cache));
                }
            }
            return best;
        }
        const DOMAINS_MAX: usize = 8;
        for a in self.domains_of(left.record).take(DOMAINS_MAX) {
            for b in self.domains_of(right.record).take(DOMAINS_MAX) {
                best = best.or(self.compare_domains(a, b, cache));
            }
        }
        best
    }
    fn show(&self, record: RecordNo) -> String {
        let shown = [self.addresses.show(record), self.sites.show(record)];
        let shown: Vec<String> = shown.into_iter().filter(|text| !text.is_empty()).collect();
        shown.join(", ")
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        let [addresses, domains] = [&self.addresses.rarities, &self.domain_rarities];
        vec![addresses.counts.clone(), domains.counts.clone(), self.record_counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        let domains = Terms {
            label: labels("Internet domain", "Internetdomein"),
            level: SAME_DOMAIN,
            values: &self.domains,
            rarities: &self.domain_rarities,
            // Those of providers never reach the level.
            of: Box::new(move |record, found| {
                let own = |domain: &Fold| !self.are_providers[*domain as usize];
                found.extend(self.domains_of(record).filter(own));
            }),
            show: Box::new(|_, domain| self.domains.text(domain).to_string()),
        };
        vec![self.addresses.terms(labels("E-mail", "E-mail"), SAME), domains]
    }
    fn count(&mut self, holders: Holders) {
        self.addresses.count(holders);
        self.domain_rarities = self.counted(holders);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_no_domains() {
        for (text, expected) in [
            ("info@jansen.nl", "jansen.nl"),
            ("jansen.nl/contact", "jansen.nl"),
            ("shop.jansen.nl", "jansen.nl"),
            ("info@mail.jansen.co.uk", "jansen.co.uk"),
            ("jansen.co.uk", "jansen.co.uk"),
            ("localhost", "localhost"),
            ("jansen.example:8080/a.b", "jansen.example"),
        ] {
            assert_eq!(registered_domain(text), expected, "{text}");
        }
    }
}
