//! A file `match.yaml`: how files are matched without a hub, for those who want to say it.
//!
//! What it says of columns is applied to the files first; then it is known which attributes there
//! are, and what it says of comparisons and blocking can be read.

use std::path::{Path, PathBuf};

use karat_engine::matching::block::RULES_MAX;
use karat_model::attribute::AttributeSet;
use karat_model::hub_model::{Country, MatchSettings};
use karat_model::match_settings::{BlockingRule, FixedWeights, PairScope, Phonetics};

use super::columns::ColumnEntry;
use super::discovered::DiscoveredSource;
use super::folder::read_shape;
use super::gate::GateEntry;
use super::key_part::{find_attribute, parse_key_part};
use super::numbers::{Bits, Rate, SignedBits};
use super::problem::{Place, Problem, Problems, Report, Severity};
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::{listed, nearest};
use super::tree::Node;

mapping! {
    /// How files are matched without a hub; all of it may be left out.
    MatchEntries {
        /// The country of addresses and phone numbers that name none; NL if left out.
        country "country": Country,
        /// The column of the ids of records, in all files that have it; found out if left out.
        id "id": String,
        /// What columns mean, where Karat would not find it out: a header and a semantic type,
        /// or `ignored`.
        columns "columns": Entries<ColumnEntry>,
        /// By which rules names sound alike; those of the country if left out.
        phonetics "phonetics": Phonetics,
        /// Which pairs of records are compared; `both` if left out.
        pairs "pairs": PairScope,
        /// The share of wrong links that is accepted; 0.05 if left out. It sets the threshold.
        false_discovery_rate "false_discovery_rate": Rate,
        /// A fixed threshold in bits, instead of the rate.
        link_threshold "link_threshold": Bits,
        /// How many bits below the threshold a pair is still told of; 4 if left out.
        review_band "review_band": Bits,
        /// Which clusters are held for a person to look at, or `off`.
        gate "gate": GateEntry,
        /// log2 of the odds that two random records are one customer; learnt if left out.
        prior "prior": SignedBits,
        /// Weights that are given instead of learnt: per comparison its levels, each in bits.
        comparisons "comparisons": Entries<Entries<SignedBits>>,
        /// Blocking rules instead of the built-in ones: each a list of parts that must be equal.
        blocking "blocking": Vec<Located<Vec<Located<String>>>>,
    }
}

/// A comparison that files can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownComparison {
    /// Its name.
    pub name: String,
    /// Its levels, the lowest first; silence is none.
    pub levels: Vec<KnownLevel>,
}

/// A level of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownLevel {
    /// Its label in English.
    pub label: &'static str,
    /// Whether it may never weigh more than a higher one.
    pub is_ordered: bool,
}

impl KnownComparison {
    /// The label of the level of values that differ.
    pub fn lowest(&self) -> &'static str {
        self.levels.first().expect("a comparison has levels").label
    }

    /// The label of the level of values that are the same.
    pub fn highest(&self) -> &'static str {
        self.levels.last().expect("a comparison has levels").label
    }

    /// The labels of the levels between, the highest first.
    pub fn between(&self) -> impl Iterator<Item = &'static str> {
        let between = self.levels.get(1..self.levels.len() - 1).unwrap_or_default();
        between.iter().rev().filter(|level| level.is_ordered).map(|level| level.label)
    }

    fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.levels.iter().map(|level| level.label)
    }
}

/// What a `match.yaml` says.
#[derive(Debug)]
pub struct MatchFile {
    path: PathBuf,
    entries: MatchEntries,
}

impl MatchFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// All mistakes that can be told before the files are known.
    pub fn read(path: &Path) -> Result<MatchFile, Problems> {
        let mut report = Report::new(path);
        let name = path.to_string_lossy();
        let entries: Option<MatchEntries> = read_shape(path, &name, &mut report);
        let entries = finish(report, entries)?;
        Ok(MatchFile { path: path.into(), entries })
    }

    /// The country, if it says one.
    pub fn country(&self) -> Option<Country> {
        self.entries.country.as_ref().map(|country| country.value)
    }

    /// The column of ids, if it names one.
    pub fn id_column(&self) -> Option<&str> {
        self.entries.id.as_ref().map(|id| id.value.as_str())
    }

    /// Applies what it says of columns to those of all files.
    ///
    /// # Errors
    ///
    /// Columns that no file has.
    pub fn apply_columns<'f>(
        &self,
        files: impl Iterator<Item = &'f mut DiscoveredSource>,
    ) -> Result<(), Problems> {
        let Some(columns) = &self.entries.columns else { return Ok(()) };
        let mut files: Vec<&mut DiscoveredSource> = files.collect();
        let mut report = Report::new(&self.path);
        for (name, entry) in &columns.value.entries {
            entry.check_attribute(&mut report);
            let corrected = files.iter_mut().map(|file| entry.correct(&name.value, file));
            let is_known = corrected.fold(false, |any, is_known| any | is_known);
            if !is_known {
                report_no_column(name, &files, &mut report);
            }
        }
        finish(report, Some(()))
    }

    /// The settings, among attributes and comparisons that are known by now.
    ///
    /// # Errors
    ///
    /// Comparisons, levels and parts of keys that do not exist.
    pub(crate) fn settings(
        &self,
        attributes: &AttributeSet,
        comparisons: &[KnownComparison],
    ) -> Result<MatchSettings, Problems> {
        let mut report = Report::new(&self.path);
        let given = &self.entries;
        let standard = MatchSettings::standard();
        let settings = MatchSettings {
            false_discovery_rate: given
                .false_discovery_rate
                .as_ref()
                .map_or(standard.false_discovery_rate, |rate| rate.value.0),
            link_threshold_bits: given.link_threshold.as_ref().map(|bits| bits.value.0),
            review_band_bits: given
                .review_band
                .as_ref()
                .map_or(standard.review_band_bits, |band| band.value.0),
            pairs: given.pairs.as_ref().map_or(standard.pairs, |pairs| pairs.value),
            phonetics: given.phonetics.as_ref().map(|phonetics| phonetics.value),
            prior_bits: given.prior.as_ref().map(|bits| bits.value.0),
            weights: given
                .comparisons
                .iter()
                .flat_map(|all| &all.value.entries)
                .filter_map(|(name, levels)| weights(name, levels, comparisons, &mut report))
                .collect(),
            blocking: given
                .blocking
                .iter()
                .flat_map(|rules| &rules.value)
                .filter_map(|rule| blocking_rule(rule, attributes, &mut report))
                .collect(),
            gate: given.gate.as_ref().map_or(standard.gate, |gate| {
                gate.value.settings(|name| find_attribute(name, attributes, &mut report))
            }),
        };
        let mut rules = given.blocking.iter().flat_map(|rules| &rules.value);
        if let Some(surplus) = rules.nth(RULES_MAX) {
            report
                .error(surplus.place, format!("there are more than {RULES_MAX} blocking rules"))
                .with_hint("leave out those that find the fewest matches of their own");
        }
        if let (Some(rate), Some(_)) = (&given.false_discovery_rate, &given.link_threshold) {
            report
                .error(rate.place, "`false_discovery_rate` has no effect beside `link_threshold`")
                .with_hint("remove one of the two");
        }
        finish(report, Some(settings))
    }
}

/// What was read, unless there are mistakes.
fn finish<T>(report: Report, read: Option<T>) -> Result<T, Problems> {
    let problems: Vec<Problem> = report.finish();
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    read.filter(|_| !has_error).ok_or(Problems(problems))
}

fn report_no_column(name: &Located<String>, files: &[&mut DiscoveredSource], report: &mut Report) {
    let columns = files.iter().flat_map(|file| &file.columns);
    let headers: Vec<&str> = columns.map(|column| column.column.as_str()).collect();
    let hint = match nearest(&name.value, headers.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the columns are {}", listed(headers)),
    };
    report.error(name.place, format!("no file has a column `{}`", name.value)).with_hint(hint);
}

fn weights(
    name: &Located<String>,
    levels: &Entries<SignedBits>,
    known: &[KnownComparison],
    report: &mut Report,
) -> Option<FixedWeights> {
    let Some(comparison) = known.iter().find(|known| known.name == name.value) else {
        let names = || known.iter().map(|known| known.name.as_str());
        let hint = match nearest(&name.value, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("these files have the comparisons {}", listed(names())),
        };
        report.error(name.place, format!("unknown comparison `{}`", name.value)).with_hint(hint);
        return None;
    };
    let mut fixed = Vec::with_capacity(levels.entries.len());
    for (label, bits) in &levels.entries {
        if comparison.labels().any(|known| known == label.value) {
            fixed.push((label.value.clone(), bits.0));
        } else {
            report_unknown_level(label, comparison, report);
        }
    }
    Some(FixedWeights { comparison: comparison.name.clone(), levels: fixed })
}

fn report_unknown_level(
    label: &Located<String>,
    comparison: &KnownComparison,
    report: &mut Report,
) {
    let message = format!("the comparison `{}` has no level `{}`", comparison.name, label.value);
    let hint = match nearest(&label.value, comparison.labels()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its levels are {}", listed(comparison.labels())),
    };
    report.error(label.place, message).with_hint(hint);
}

fn blocking_rule(
    rule: &Located<Vec<Located<String>>>,
    attributes: &AttributeSet,
    report: &mut Report,
) -> Option<BlockingRule> {
    if rule.value.is_empty() {
        report_empty_rule(rule.place, report);
        return None;
    }
    let parts = rule.value.iter().map(|part| parse_key_part(part, attributes, report));
    let parts: Vec<_> = parts.collect();
    Some(BlockingRule { parts: parts.into_iter().collect::<Option<Vec<_>>>()? })
}

fn report_empty_rule(place: Place, report: &mut Report) {
    report
        .error(place, "a blocking rule without parts would compare all records with each other")
        .with_hint("write its parts, such as `[family_name.sound, birth_date.year]`");
}

/// The attributes that a blocking rule can name.
pub(super) fn attribute_names(attributes: &AttributeSet) -> impl Iterator<Item = &str> {
    attributes.iter().map(|(_, attribute)| attribute.name.as_str())
}
