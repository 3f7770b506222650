//! Makes the scorecard of stored tallies.
//!
//! Arrives: tallies as they are now, and as they were at each measure; what rules say.
//! Leaves: the [`Scorecard`]: scores with their counts, fitness per use, what to mend first, trend.
//! Promises: each figure is arithmetic over stored counts, with the weights of when they were
//! stored; nothing judged is no score. What is said of the meaning of attributes is said once, and
//! counts for the customers of every entity type; so is what is said of the deliveries of a source,
//! which counts for its records of every entity type.
//! Start reading at [`scorecard`].

mod entered;

use std::collections::BTreeMap;

pub use entered::{Entering, entered, measure};
use karat_engine::quality::score::arithmetic::{
    Counts, DimensionWeights, Tally, attributes, overall, tiles,
};
use karat_engine::quality::score::priority::{Open, harm};
use karat_model::attribute::EntityType;
use karat_model::check::{Check, Day, Scope};
use karat_model::finding::{Dimension, FindingCode};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_store::{
    AttributeNo, Measure, Reader, RuleNo, SourceNo, StoredRule, TallyRow, VerdictCounts,
};

use crate::error::Error;
use crate::flow::quality::{ALIKE_RULE, DIMENSION_PREFIX, Kept, USE_PREFIX, VALUE_RULE};
use crate::flow::releases::releases;
use crate::hub_model::judging_part;
use crate::view::{
    AttributeScore, CheckScore, FoundCount, GroupScore, Otherwise, Scorecard, TrendPoint, UseScore,
    ValueScore, WorstCheck,
};

/// How many measures the trend goes back.
const TREND_MAX: usize = 60;
/// How many checks are told as what to mend first.
const WORST_MAX: usize = 20;
/// What a customer counts for where all count alike.
const ALIKE: u64 = 10_000;

/// The scorecard of a hub, as its tallies are now.
pub fn scorecard(reader: &dyn Reader, model: &HubModel) -> Result<Scorecard, Error> {
    let names = Names::read(reader)?;
    let tallies = reader.tallies(None)?;
    let groups = names.groups(&tallies);
    let scored = groups.iter().filter_map(|(place, rows)| {
        Some(group_score(model, &names, place.entity_type?, place.source.clone(), rows, &groups))
    });
    let (customers, sources): (Vec<GroupScore>, Vec<GroupScore>) =
        scored.partition(|group| group.source.is_none());
    let (trend, source_trend): (Vec<TrendPoint>, Vec<TrendPoint>) =
        trend(reader, model, &names)?.into_iter().partition(|point| point.source.is_none());
    let definitions = checks(model, &names, groups.of_definitions());
    Ok(Scorecard {
        as_of: Kept::read(reader)?.map(|kept| Day(kept.as_of_day())),
        worst: worst(model, customers.iter().chain(&sources)),
        entered: entered(reader)?,
        trend,
        source_trend,
        customers,
        sources,
        definitions,
    })
}

/// What the numbers of the store stand for.
struct Names {
    /// By number, the version that is asked now, or else the last one.
    rules: BTreeMap<RuleNo, StoredRule>,
    attributes: BTreeMap<AttributeNo, String>,
    sources: BTreeMap<SourceNo, SourceName>,
}

/// Tallies, by what their subjects are.
struct Groups<'t>(BTreeMap<Place, Vec<&'t TallyRow>>);

impl<'t> Groups<'t> {
    fn iter(&self) -> impl Iterator<Item = (&Place, &Vec<&'t TallyRow>)> {
        self.0.iter()
    }

    /// What is said of attributes.
    fn of_definitions(&self) -> &[&'t TallyRow] {
        let place = Place { source: None, entity_type: None };
        self.0.get(&place).map_or(&[], Vec::as_slice)
    }

    /// What is said of the deliveries of a source.
    fn of_deliveries(&self, source: &SourceName) -> &[&'t TallyRow] {
        let place = Place { source: Some(source.clone()), entity_type: None };
        self.0.get(&place).map_or(&[], Vec::as_slice)
    }

    /// What tiles are made of: of customers also what is said of attributes, of records also what is
    /// said of what their source delivers.
    fn of_tiles(&self, source: Option<&SourceName>, rows: &[&'t TallyRow]) -> Vec<&'t TallyRow> {
        let said_once = match source {
            None => self.of_definitions(),
            Some(source) => self.of_deliveries(source),
        };
        rows.iter().chain(said_once).copied().collect()
    }
}

/// What the subjects of some tallies are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    source: Option<SourceName>,
    entity_type: Option<EntityType>,
}

impl Names {
    fn read(reader: &dyn Reader) -> Result<Names, Error> {
        let mut rules: BTreeMap<RuleNo, StoredRule> = BTreeMap::new();
        for stored in reader.rules()? {
            let is_newer = rules.get(&stored.no).is_none_or(|known| !known.is_current);
            if is_newer {
                rules.insert(stored.no, stored);
            }
        }
        let sources = reader.source_columns()?;
        Ok(Names {
            rules,
            attributes: reader.attributes()?.into_iter().collect(),
            sources: sources.into_iter().map(|(no, name, _)| (no, name)).collect(),
        })
    }

    fn rule(&self, tally: &TallyRow) -> &str {
        self.rules.get(&tally.rule).map_or("", |stored| stored.rule.name.as_str())
    }

    fn attribute(&self, tally: &TallyRow) -> Option<&str> {
        self.attributes.get(&tally.attribute?).map(String::as_str)
    }

    fn groups<'t>(&self, tallies: &'t [TallyRow]) -> Groups<'t> {
        let mut groups: BTreeMap<Place, Vec<&TallyRow>> = BTreeMap::new();
        for tally in tallies {
            let source = match tally.source {
                None => None,
                Some(no) => match self.sources.get(&no) {
                    Some(name) => Some(name.clone()),
                    None => continue,
                },
            };
            let place = Place { source, entity_type: tally.entity_type };
            groups.entry(place).or_default().push(tally);
        }
        Groups(groups)
    }

    /// How much dimensions counted when tallies were made; those of now in a measure of an earlier
    /// Karat, which did not keep it.
    fn dimension_weights(&self, definitions: &[&TallyRow], model: &HubModel) -> DimensionWeights {
        let mut weights = weights(model);
        for tally in definitions {
            let is_of = |it: &&Dimension| {
                self.rule(tally).strip_prefix(DIMENSION_PREFIX) == Some(it.name())
            };
            if let Some(dimension) = Dimension::ALL.iter().find(is_of) {
                weights.insert(*dimension, tally.criticality);
            }
        }
        weights
    }

    /// As the arithmetic takes them: what weighs nothing is told elsewhere.
    fn weighed<'n>(&'n self, rows: &[&TallyRow]) -> Vec<Tally<'n>> {
        let weighing = rows.iter().filter(|tally| tally.weight > 0);
        let tally = |tally: &&TallyRow| Tally {
            check: self.rule(tally),
            attribute: self.attribute(tally),
            dimension: tally.dimension,
            weight: tally.weight,
            criticality: tally.criticality,
            counts: counts(tally.counts),
        };
        weighing.map(tally).collect()
    }
}

fn counts(counts: VerdictCounts) -> Counts {
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    Counts {
        pass: whole(counts.pass),
        fail: whole(counts.fail),
        not_applicable: whole(counts.not_applicable),
        unverified: whole(counts.unverified),
        error: whole(counts.error),
    }
}

fn weights(model: &HubModel) -> DimensionWeights {
    let all = Dimension::ALL.into_iter();
    all.map(|of| (of, u32::from(model.quality.weight(of)))).collect()
}

fn group_score(
    model: &HubModel,
    names: &Names,
    entity_type: EntityType,
    source: Option<SourceName>,
    rows: &[&TallyRow],
    all: &Groups,
) -> GroupScore {
    let of_records = source.is_some();
    let weighed = names.weighed(rows);
    let by_attribute = attributes(&weighed);
    let with_said_once = all.of_tiles(source.as_ref(), rows);
    let of_tiles = names.weighed(&with_said_once);
    let of_checks = if source.is_some() { &with_said_once } else { rows };
    GroupScore {
        entity_type,
        by_value: value_score(model, names, rows).filter(|_| source.is_none()),
        source,
        overall: overall(&of_tiles, &weights(model)),
        tiles: tiles(&of_tiles),
        attributes: by_attribute
            .into_iter()
            .map(|(name, score)| AttributeScore {
                attribute: name.map(str::to_string),
                label: label(model, name),
                score,
            })
            .collect(),
        checks: checks(model, names, of_checks),
        uses: uses(model, names, rows),
        // Of customers it is what their records are found with, and told there.
        found: if of_records { found(names, rows) } else { Vec::new() },
    }
}

/// The mean by what customers are worth, in a hub that says what tells it.
fn value_score(model: &HubModel, names: &Names, rows: &[&TallyRow]) -> Option<ValueScore> {
    let of_rule = |name: &str| {
        let row = rows.iter().find(|tally| names.rule(tally) == name);
        row.map(|tally| counts(tally.counts)).unwrap_or_default()
    };
    let value = &model.attributes.get(model.quality.value?).name;
    let (by_worth, alike) = (of_rule(VALUE_RULE), of_rule(ALIKE_RULE));
    Some(ValueScore {
        attribute: value.clone(),
        label: label(model, Some(value)),
        worth_cents: by_worth.judged(),
        right_cents: by_worth.pass,
        unvalued: by_worth.not_applicable,
        scored: alike.judged() / ALIKE,
        alike: alike.score(),
    })
}

/// What people call an attribute; the subject as a whole has a name as well.
fn label(model: &HubModel, name: Option<&str>) -> [String; 2] {
    let Some(name) = name else { return ["As a whole".into(), "Als geheel".into()] };
    match model.attributes.find(name) {
        Some(id) => {
            let attribute = model.attributes.get(id);
            [attribute.english.clone(), attribute.dutch.clone()]
        }
        None => [name.to_string(), name.to_string()],
    }
}

fn checks(model: &HubModel, names: &Names, rows: &[&TallyRow]) -> Vec<CheckScore> {
    let find = |name: &str| model.checks.iter().find(|check| check.name.as_str() == name);
    let score = |tally: &&&TallyRow| {
        let stored = names.rules.get(&tally.rule)?;
        let check: Option<&Check> = find(stored.rule.name.as_str());
        Some(CheckScore {
            check: stored.rule.name.to_string(),
            attribute: names.attribute(tally).map(str::to_string),
            dimension: tally.dimension,
            severity: stored.rule.severity,
            requirement: stored.rule.definition.clone(),
            counts: counts(tally.counts),
            pass_min: check.and_then(|check| check.pass_min),
            owner: check.and_then(|check| check.owner.clone()),
        })
    };
    let mut checks: Vec<CheckScore> =
        rows.iter().filter(|tally| tally.weight > 0).filter_map(|tally| score(&tally)).collect();
    checks.sort_by(|a, b| (&a.check, &a.attribute).cmp(&(&b.check, &b.attribute)));
    checks
}

fn uses(model: &HubModel, names: &Names, rows: &[&TallyRow]) -> Vec<UseScore> {
    let of_rule = |name: &str| rows.iter().find(|tally| names.rule(tally) == name);
    let use_score = |of: &karat_model::check::Use| {
        let tally = of_rule(&format!("{USE_PREFIX}{}", of.name))?;
        let failed = |name: &str| of_rule(name).map_or(0, |tally| counts(tally.counts).fail);
        let mut needs: Vec<(String, u64)> =
            of.needs.iter().map(|name| (name.to_string(), failed(name.as_str()))).collect();
        needs.sort_by_key(|(_, failed)| std::cmp::Reverse(*failed));
        Some(UseScore {
            name: of.name.clone(),
            label: of.label.clone(),
            counts: counts(tally.counts),
            needs,
        })
    };
    model.uses.iter().filter_map(use_score).collect()
}

fn found(names: &Names, rows: &[&TallyRow]) -> Vec<FoundCount> {
    let is_code = |name: &str| FindingCode::ALL.iter().any(|code| code.name() == name);
    let of_codes = rows.iter().filter(|tally| is_code(names.rule(tally)));
    let mut found: Vec<FoundCount> = of_codes
        .map(|tally| FoundCount {
            code: names.rule(tally).to_string(),
            attribute: names.attribute(tally).map(str::to_string),
            records: counts(tally.counts).fail,
        })
        .collect();
    found.sort_by(|a, b| {
        b.records
            .cmp(&a.records)
            .then_with(|| (&a.code, &a.attribute).cmp(&(&b.code, &b.attribute)))
    });
    found
}

fn worst<'g>(model: &HubModel, groups: impl Iterator<Item = &'g GroupScore>) -> Vec<WorstCheck> {
    let groups: Vec<&GroupScore> = groups.collect();
    let mut worst: Vec<(u128, WorstCheck)> = Vec::new();
    for group in groups {
        for of in &group.checks {
            let check = model.checks.iter().find(|check| check.name.as_str() == of.check);
            // What is said once of a source stands with each entity type, and is to be mended once.
            let is_said_once = check.is_some_and(|check| check.on == Scope::Deliveries);
            let is_known =
                |(_, it): &(u128, WorstCheck)| it.check == of.check && it.source == group.source;
            if is_said_once && worst.iter().any(is_known) {
                continue;
            }
            let criticality = of.attribute.as_deref().and_then(|it| model.attributes.find(it));
            let criticality =
                criticality.map_or(1, |id| model.quality.criticality(&model.attributes, id));
            let open = Open {
                failed: of.counts.fail,
                severity: of.severity,
                criticality: u32::from(criticality),
                cost_cents: check.and_then(|check| check.cost_cents),
            };
            if open.failed == 0 {
                continue;
            }
            let harm = harm(&open);
            let cost = open.cost_cents.map(|cents| u64::from(cents) * open.failed);
            worst.push((
                harm,
                WorstCheck {
                    check: of.check.clone(),
                    attribute: of.attribute.clone(),
                    entity_type: group.entity_type,
                    source: group.source.clone(),
                    failed: open.failed,
                    severity: open.severity,
                    cost_cents: cost,
                    owner: of.owner.clone(),
                },
            ));
        }
    }
    worst.sort_by(|(harm, a), (other, b)| {
        other.cmp(harm).then_with(|| (&a.check, &a.source).cmp(&(&b.check, &b.source)))
    });
    worst.truncate(WORST_MAX);
    worst.into_iter().map(|(_, check)| check).collect()
}

fn trend(reader: &dyn Reader, model: &HubModel, names: &Names) -> Result<Vec<TrendPoint>, Error> {
    let measures = reader.measures()?;
    let releases = releases(reader)?;
    let first = measures.len().saturating_sub(TREND_MAX);
    let mut points: Vec<TrendPoint> = Vec::new();
    // By entity type, how it was measured the last time.
    let mut measured: BTreeMap<_, (Option<&str>, Weighing)> = BTreeMap::new();
    let mut by = None;
    for (at, Measure { no, at: moment, release, .. }) in measures.iter().enumerate() {
        let of_release = |no: &u64| releases.iter().find(|known| u64::from(known.no) == *no);
        if let Some(known) = release.as_ref().and_then(of_release) {
            by = judging_part(&known.hub_model);
        }
        if at < first {
            continue;
        }
        let tallies = reader.tallies(Some(*no))?;
        let groups = names.groups(&tallies);
        let of_dimensions = names.dimension_weights(groups.of_definitions(), model);
        for (place, rows) in groups.iter() {
            let Some(entity_type) = place.entity_type else { continue };
            let of = (entity_type, place.source.clone());
            let of_tiles = groups.of_tiles(place.source.as_ref(), rows);
            let weighed = names.weighed(&of_tiles);
            let weighing = Weighing::of(&of_dimensions, &of_tiles);
            let before = measured.insert(of, (by, weighing.clone()));
            let otherwise = before.and_then(|(by_before, before)| match () {
                () if before.differs(&weighing) => Some(Otherwise::Weights),
                () if by_before != by => Some(Otherwise::Rules),
                () => None,
            });
            let by_worth = rows.iter().find(|tally| names.rule(tally) == VALUE_RULE);
            points.push(TrendPoint {
                at: *moment,
                release: *release,
                entity_type,
                source: place.source.clone(),
                overall: overall(&weighed, &of_dimensions).score,
                tiles: tiles(&weighed).into_iter().map(|(tile, of)| (tile, of.score)).collect(),
                by_value: by_worth.and_then(|tally| counts(tally.counts).score()),
                weights: of_dimensions.iter().map(|(of, weight)| (*of, *weight)).collect(),
                otherwise,
            });
        }
    }
    Ok(points)
}

/// How much dimensions, checks and attributes counted in a measure.
#[derive(Clone)]
struct Weighing {
    dimensions: DimensionWeights,
    /// Of each check on an attribute, its weight and how critical the attribute is.
    checks: BTreeMap<(RuleNo, Option<AttributeNo>), (u32, u32)>,
}

impl Weighing {
    fn of(dimensions: &DimensionWeights, rows: &[&TallyRow]) -> Weighing {
        let weighing = rows.iter().filter(|tally| tally.weight > 0);
        let checks = weighing
            .map(|tally| ((tally.rule, tally.attribute), (tally.weight, tally.criticality)));
        Weighing { dimensions: dimensions.clone(), checks: checks.collect() }
    }

    /// Whether something that counts in both counts for more or less in the other. A check that is
    /// only in one of them is another rule, or had nothing to judge.
    fn differs(&self, other: &Weighing) -> bool {
        let changed = |(place, weight): (&_, &(u32, u32))| {
            other.checks.get(place).is_some_and(|known| known != weight)
        };
        self.dimensions != other.dimensions || self.checks.iter().any(changed)
    }
}

#[cfg(test)]
mod tests;
