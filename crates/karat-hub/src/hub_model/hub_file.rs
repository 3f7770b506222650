//! The file `hub.yaml`: the hub's name, its attributes, how it matches, and which value wins.

use karat_model::hub_model::{Country, HubModel, MatchSettings, Phonetics};
use karat_model::language::Language;

use super::attributes::{AttributeEntry, KnownAttributes};
use super::database_url::DatabaseUrl;
use super::entry::EntryEntry;
use super::gate::GateEntry;
use super::numbers::{Bits, Rate};
use super::problem::Report;
use super::quality::QualityEntry;
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::survivorship::{Ladders, survivorship};
use super::tree::Node;

/// The name of the file.
pub(super) const HUB_FILE: &str = "hub.yaml";

mapping! {
    /// A hub: what it is called, what it knows of customers, how it matches and which value wins.
    HubFile {
        /// What the hub is called.
        name "name": String,
        /// The language of the console unless the reader chooses another; English if left out.
        language "language": Language,
        /// The country of addresses and phone numbers that name none; NL if left out.
        country "country": Country,
        /// The PostgreSQL database that the hub is kept in, as a URL without a password; the file
        /// `karat.db` beside this one if left out.
        database "database": DatabaseUrl,
        /// Attributes beyond the built-in ones, and descriptions of the built-in ones.
        attributes "attributes": Entries<AttributeEntry>,
        /// How sure Karat must be that two records are about one customer.
        matching "matching": MatchingEntry,
        /// Which value wins: per attribute or group (`name`, `address`) the rules in the order
        /// in which they are tried; `default` is for all others.
        survivorship "survivorship": Ladders,
        /// How quality counts: weights of dimensions, and what a customer is worth.
        quality "quality": QualityEntry,
        /// How customers are looked at that are typed in: what happens to those who lack what their
        /// kind needs, and which sites may ask.
        entry "entry": EntryEntry,
    }
}

mapping! {
    /// How sure Karat must be that two records are about one customer.
    MatchingEntry {
        /// The share of wrong links that is accepted; 0.05 if left out. It sets the threshold.
        false_discovery_rate "false_discovery_rate": Rate,
        /// A fixed threshold in bits, instead of the rate.
        link_threshold "link_threshold": Bits,
        /// How many bits below the threshold a pair is still shown to a steward; 4 if left out.
        review_band "review_band": Bits,
        /// By which rules names sound alike; those of the country if left out.
        phonetics "phonetics": Phonetics,
        /// Which clusters are not published as one customer before a steward looked, or `off`.
        gate "gate": GateEntry,
    }
}

impl HubFile {
    /// The hub model without its sources, and what is known of attributes.
    pub fn into_model(self, report: &mut Report) -> (HubModel, KnownAttributes) {
        let known = match self.attributes {
            Some(own) => KnownAttributes::with_own(own.value, report),
            None if self.wrong.contains(&"attributes") => KnownAttributes::incomplete(),
            None => KnownAttributes::builtin(),
        };
        let name = self.name.filter(|name| !name.value.trim().is_empty());
        if name.is_none() && !self.wrong.contains(&"name") {
            report.error(None, "the hub has no name").with_hint("add `name: My customers`");
        }
        let mut model = HubModel::new(&name.map_or(String::new(), |name| name.value));
        model.language = self.language.map_or(model.language, |language| language.value);
        model.country = self.country.map_or(model.country, |country| country.value);
        model.database = self.database.map(|url| url.value.0.to_string());
        model.attributes = known.set.clone();
        if let Some(matching) = self.matching {
            model.matching = match_settings(matching.value, &known, report);
        }
        if let Some(ladders) = self.survivorship {
            model.survivorship = survivorship(ladders.value, &known, report);
        }
        if let Some(quality) = self.quality {
            model.quality = quality.value.settings(&known, report);
        }
        if let Some(entry) = self.entry {
            model.entry = entry.value.settings(report);
        }
        (model, known)
    }
}

fn match_settings(
    matching: MatchingEntry,
    known: &KnownAttributes,
    report: &mut Report,
) -> MatchSettings {
    let standard = MatchSettings::standard();
    let (rate, threshold) = (matching.false_discovery_rate, matching.link_threshold);
    if let Some(threshold) = &threshold {
        warn_of_threshold(threshold, rate.as_ref(), report);
    }
    MatchSettings {
        false_discovery_rate: rate.map_or(standard.false_discovery_rate, |rate| rate.value.0),
        link_threshold_bits: threshold.map(|threshold| threshold.value.0),
        review_band_bits: matching
            .review_band
            .map_or(standard.review_band_bits, |band| band.value.0),
        phonetics: matching.phonetics.map(|phonetics| phonetics.value),
        gate: matching
            .gate
            .map_or(standard.gate, |gate| gate.value.settings(|name| known.find(name, report))),
        ..standard
    }
}

fn warn_of_threshold(threshold: &Located<Bits>, rate: Option<&Located<Rate>>, report: &mut Report) {
    let bits = threshold.value.0;
    let looks_like_a_probability = bits <= 1.0;
    if looks_like_a_probability {
        report
            .warning(
                threshold.place,
                format!("`link_threshold` links at {bits} bits, which is hardly any evidence"),
            )
            .with_hint(
                "the threshold is in bits, not a probability: 12 bits are odds of 4096 to 1",
            );
    }
    if let Some(rate) = rate {
        report
            .warning(rate.place, "`false_discovery_rate` has no effect beside `link_threshold`")
            .with_hint("remove one of the two");
    }
}
