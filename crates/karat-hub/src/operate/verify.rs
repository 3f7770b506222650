//! Verify: whether what is published is what follows from the journal, and agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey};
use karat_store::{
    Counts, Damage, EdgeRow, HoldRow, MatchKey, PotentialMatchRow, Reader, RowNo, StoredEntity,
};
use rustc_hash::FxHashMap;

use super::feed::{Shown, check_feed};
use super::judged::check_quality;
use super::meet::{Made, meet, published_potential_matches};
use crate::error::Error;
use crate::flow::derive::{Derived, Terms, derive, entities_by_row};
use crate::flow::load::stored_figures;
use crate::flow::models::read_models;
use crate::flow::progress::{Progress, Stage};
use crate::flow::releases::{kept, releases};
use crate::hub_model::{fingerprint, read_text_of};

/// What is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    /// The pages and indexes of the database are whole.
    Database,
    /// All that refers to something finds it.
    References,
    /// All arrivals and decisions are published.
    Published,
    /// The match model can be read.
    MatchModel,
    /// Each record is in the entity that it belongs to.
    Crosswalk,
    /// The entities are those there should be.
    Entities,
    /// Their golden records say what survives.
    GoldenRecords,
    /// They are called by their titles.
    Titles,
    /// Their weakest links weigh what they should.
    WeakestLinks,
    /// The potential matches are those there should be.
    PotentialMatches,
    /// The joins that are held are those there should be.
    Holds,
    /// Each record is found by each of its keys.
    MatchKeys,
    /// The pairs that are worth a look are kept with their weights.
    Edges,
    /// Entities are found by their words.
    Search,
    /// The events of the change feed are numbered without a gap.
    FeedNumbers,
    /// They tell of each entity in an order that can be.
    FeedOrder,
    /// They lead to the entities that are there.
    FeedEntities,
    /// The open findings are those there should be.
    Findings,
    /// What every check came to is kept with each record and customer.
    Verdicts,
    /// Who shares a value with whom is kept.
    ValueKeys,
    /// The tallies count the verdicts.
    Tallies,
    /// Ids that are no more lead where they should.
    Redirects,
    /// What is counted is as many as there are.
    Counts,
}

impl CheckKind {
    /// All checks, in the order in which they are told.
    pub const ALL: [CheckKind; 23] = [
        CheckKind::Database,
        CheckKind::References,
        CheckKind::Published,
        CheckKind::MatchModel,
        CheckKind::Crosswalk,
        CheckKind::Entities,
        CheckKind::GoldenRecords,
        CheckKind::Titles,
        CheckKind::WeakestLinks,
        CheckKind::PotentialMatches,
        CheckKind::Holds,
        CheckKind::MatchKeys,
        CheckKind::Edges,
        CheckKind::Search,
        CheckKind::FeedNumbers,
        CheckKind::FeedOrder,
        CheckKind::FeedEntities,
        CheckKind::Findings,
        CheckKind::Verdicts,
        CheckKind::ValueKeys,
        CheckKind::Tallies,
        CheckKind::Redirects,
        CheckKind::Counts,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What people call it, in English and Dutch.
    pub fn label(self) -> [String; 2] {
        let (_, english, dutch) = self.words();
        [english.into(), dutch.into()]
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            CheckKind::Database => ("database", "database", "database"),
            CheckKind::References => ("references", "references", "verwijzingen"),
            CheckKind::Published => ("published", "published", "gepubliceerd"),
            CheckKind::MatchModel => ("match_model", "match model", "matchmodel"),
            CheckKind::Crosswalk => ("crosswalk", "crosswalk", "kruisverwijzing"),
            CheckKind::Entities => ("entities", "customers", "klanten"),
            CheckKind::GoldenRecords => ("golden_records", "golden records", "gouden records"),
            CheckKind::Titles => ("titles", "titles", "namen in lijsten"),
            CheckKind::WeakestLinks => ("weakest_links", "weakest links", "zwakste schakels"),
            CheckKind::PotentialMatches => {
                ("potential_matches", "potential matches", "mogelijke matches")
            }
            CheckKind::Holds => ("holds", "held joins", "aangehouden samenvoegingen"),
            CheckKind::MatchKeys => ("match_keys", "match index: keys", "matchindex: sleutels"),
            CheckKind::Edges => ("edges", "match index: edges", "matchindex: paren"),
            CheckKind::Search => ("search", "search index", "zoekindex"),
            CheckKind::FeedNumbers => ("feed_numbers", "feed: no gaps", "feed: geen gaten"),
            CheckKind::FeedOrder => ("feed_order", "feed: order", "feed: volgorde"),
            CheckKind::FeedEntities => ("feed_entities", "feed: from zero", "feed: vanaf nul"),
            CheckKind::Findings => ("findings", "findings", "bevindingen"),
            CheckKind::Verdicts => ("verdicts", "verdicts", "oordelen"),
            CheckKind::ValueKeys => ("value_keys", "shared values", "gedeelde waarden"),
            CheckKind::Tallies => ("tallies", "tallies", "tellingen"),
            CheckKind::Redirects => ("redirects", "former ids", "vroegere ids"),
            CheckKind::Counts => ("counts", "counts", "aantallen"),
        }
    }
}

/// What a check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// How many things were looked at.
    pub examined: u64,
    /// How many of them are not as they should be.
    pub differences: u64,
    /// The first of those, told with ids and record keys only.
    pub samples: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// The checks that were made; one that could not be made is not there.
    pub checks: BTreeMap<CheckKind, Check>,
}

impl Verification {
    /// Whether all is as it should be.
    pub fn is_sound(&self) -> bool {
        self.checks.values().all(|check| check.differences == 0)
    }
}

/// How many differences of a kind are told.
const SAMPLES_MAX: usize = 20;

/// Gathers what is found.
#[derive(Default)]
pub struct Finder {
    found: Verification,
}

impl Finder {
    fn check(&mut self, kind: CheckKind) -> &mut Check {
        self.found.checks.entry(kind).or_default()
    }

    /// Things of these kinds are looked at, if there are any.
    pub fn begin(&mut self, kinds: &[CheckKind]) {
        for &kind in kinds {
            self.check(kind);
        }
    }

    /// One more thing is looked at.
    pub fn examine(&mut self, kind: CheckKind) {
        self.check(kind).examined += 1;
    }

    /// One is not as it should be.
    pub fn differ(&mut self, kind: CheckKind, told: String) {
        let check = self.check(kind);
        check.differences += 1;
        if check.samples.len() < SAMPLES_MAX {
            check.samples.push(told);
        }
    }
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Search for every entity, not for some.
    pub every_search: bool,
}

/// For how many entities is searched when not for all.
pub const SEARCHES: usize = 500;

/// Verifies a hub as it is at one moment; its folder is read as it was when it was published.
pub fn verify(
    reader: &dyn Reader,
    dir: &Path,
    model: &HubModel,
    options: VerifyOptions,
    progress: &dyn Progress,
) -> Result<Verification, Error> {
    let mut result = Ok(Verification::default());
    reader.at_one_moment(&mut |reader| {
        result = verify_moment(reader, dir, model, options, progress);
        Ok(())
    })?;
    result
}

fn verify_moment(
    reader: &dyn Reader,
    dir: &Path,
    model: &HubModel,
    options: VerifyOptions,
    progress: &dyn Progress,
) -> Result<Verification, Error> {
    let mut found = Finder::default();
    check_database(reader, &mut found, progress)?;
    if !found.found.is_sound() {
        // What is derived from a database that is not whole says nothing.
        return Ok(found.found);
    }
    let Some(stored) = reader.model()? else { return Err(Error::NothingPublished) };
    found.examine(CheckKind::Published);
    if reader.is_behind()? {
        found.differ(CheckKind::Published, "there are arrivals or decisions to publish".into());
    }
    found.examine(CheckKind::MatchModel);
    let Ok(frozen) = read_models(&stored.content) else {
        let told = format!("{} is of another version of Karat, or damaged", stored.id);
        found.differ(CheckKind::MatchModel, told);
        return Ok(found.found);
    };
    let is_current = fingerprint(model) == stored.hub_model;
    let published_model = if is_current { None } else { Some(model_of_release(reader, dir)?) };
    let model = published_model.as_ref().unwrap_or(model);

    let live = live_entities(reader)?;
    check_feed(reader, &live, &mut found)?;
    if !found.found.checks[&CheckKind::Published].samples.is_empty() {
        // What is not published yet would be told as damage.
        return Ok(found.found);
    }
    let figures = stored_figures(reader)?;
    let quarantined = |name: &str| figures.quarantined(name);
    let terms = Terms::as_published(model, frozen, &quarantined);
    let mut derived = derive(reader, terms, progress)?;
    check_crosswalk(reader, &derived, &mut found)?;
    check_entities(reader, model, &derived, options, &mut found, progress)?;
    check_pairs(reader, &derived, &mut found)?;
    check_match_index(reader, &derived, &mut found)?;
    check_quality(reader, model, &mut derived, &mut found)?;
    check_counts(reader, &derived, live.len(), &mut found)?;
    Ok(found.found)
}

/// The hub model that was published last.
fn model_of_release(reader: &dyn Reader, dir: &Path) -> Result<HubModel, Error> {
    let unpublished = || Error::UnpublishedChanges { dir: dir.into() };
    let last = releases(reader)?.pop().ok_or_else(unpublished)?;
    let text = kept(reader, last.no)?.text;
    if text.is_empty() {
        return Err(unpublished());
    }
    read_text_of(dir, &text).map_err(Error::HubModel)
}

fn check_database(
    reader: &dyn Reader,
    found: &mut Finder,
    progress: &dyn Progress,
) -> Result<(), Error> {
    progress.begin(Stage::Examine, 0);
    found.examine(CheckKind::Database);
    found.examine(CheckKind::References);
    match reader.damages() {
        Ok(damages) => {
            for damage in damages {
                match damage {
                    Damage::Page(told) => found.differ(CheckKind::Database, told),
                    Damage::Reference { column, rows } => {
                        let told = format!("{column}: {rows} rows refer to what is not there");
                        found.differ(CheckKind::References, told);
                    }
                }
            }
        }
        Err(karat_store::Error::Database(error)) => {
            found.differ(CheckKind::Database, error.to_string());
        }
        Err(error) => return Err(error.into()),
    }
    progress.end();
    Ok(())
}

/// The entities in the order of their ids, each with what it shows.
fn live_entities(reader: &dyn Reader) -> Result<Vec<(EntityId, Shown)>, Error> {
    let mut live = Vec::new();
    reader.entities(&mut |entity| {
        live.push((entity.id, Shown::by(&entity)));
        Ok(())
    })?;
    live.sort_unstable_by_key(|(id, _)| *id);
    Ok(live)
}

fn check_crosswalk(
    reader: &dyn Reader,
    derived: &Derived,
    found: &mut Finder,
) -> Result<(), Error> {
    found.begin(&[CheckKind::Crosswalk]);
    let published = entities_by_row(reader)?;
    let mut expected: Vec<bool> = vec![false; published.len()];
    for (mastered, identified) in derived.mastered.iter().zip(&derived.identified) {
        let table = &mastered.table;
        for record in table.records() {
            found.examine(CheckKind::Crosswalk);
            let id = identified.ids[mastered.matched.partition.cluster_of(record) as usize];
            let row = table.row(record) as usize;
            let is = published.get(row).copied().flatten();
            if let Some(expected) = expected.get_mut(row) {
                *expected = true;
            }
            if is != Some(id) {
                let is = is.map_or("none".into(), |is| is.to_string());
                let told = format!("{} belongs in {id}, and is in {is}", table.key(record));
                found.differ(CheckKind::Crosswalk, told);
            }
        }
    }
    for (row, is) in published.iter().enumerate() {
        if let (Some(is), false) = (is, expected[row]) {
            let told = format!("record number {row} is gone, and is in {is}");
            found.differ(CheckKind::Crosswalk, told);
        }
    }
    Ok(())
}

fn check_entities(
    reader: &dyn Reader,
    model: &HubModel,
    derived: &Derived,
    options: VerifyOptions,
    found: &mut Finder,
    progress: &dyn Progress,
) -> Result<(), Error> {
    use CheckKind::{Entities, GoldenRecords, Search, Titles, WeakestLinks};
    found.begin(&[Entities, GoldenRecords, Titles, WeakestLinks, Search]);
    let entities: usize = derived.identified.iter().map(|identified| identified.ids.len()).sum();
    let every = if options.every_search { 1 } else { (entities / SEARCHES).max(1) };
    let mut searched: Vec<(EntityId, String)> = Vec::new();
    let mut number = 0;
    meet(reader, model, derived, progress, &mut |made, published| {
        found.examine(CheckKind::Entities);
        match (made, published) {
            (Some(made), Some(published)) => compare(made, published, found),
            (Some(made), None) => {
                found.differ(CheckKind::Entities, format!("{} is missing", made.entity.id));
            }
            (None, Some(published)) => {
                found.differ(CheckKind::Entities, format!("{} has no records", published.id));
            }
            (None, None) => {}
        }
        if let Some(made) = made {
            if number % every == 0 {
                searched.push((made.entity.id, made.entity.search_text.clone()));
            }
            number += 1;
        }
    })?;
    progress.begin(Stage::Search, searched.len() as u64);
    for (done, (id, text)) in (1..).zip(&searched) {
        found.examine(CheckKind::Search);
        if !is_found(reader, *id, text)? {
            found.differ(CheckKind::Search, format!("{id} is not found by all of its words"));
        }
        progress.reached(done);
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
    }
    progress.end();
    Ok(())
}

/// Whether an entity is published as it was made.
pub fn is_alike(made: &Made, published: &StoredEntity) -> bool {
    let mut found = Finder::default();
    compare(made, published, &mut found);
    found.found.is_sound()
}

fn compare(made: &Made, published: &StoredEntity, found: &mut Finder) {
    let id = published.id;
    let same_type = made.entity.entity_type == published.entity_type;
    let same_size = made.entity.members.len() == published.records as usize;
    if !(same_type && same_size) {
        found.differ(CheckKind::Entities, format!("{id} has another type or number of records"));
    }
    for kind in [CheckKind::GoldenRecords, CheckKind::Titles, CheckKind::WeakestLinks] {
        found.examine(kind);
    }
    if made.golden != published.golden {
        let differs = |name: &&String| made.golden.get(*name) != published.golden.get(*name);
        let names: BTreeSet<&String> = made.golden.keys().chain(published.golden.keys()).collect();
        let names: Vec<&str> =
            names.iter().filter(|it| differs(it)).map(|it| it.as_str()).collect();
        found.differ(CheckKind::GoldenRecords, format!("{id}: {}", names.join(", ")));
    }
    if made.entity.title != published.title {
        found.differ(CheckKind::Titles, format!("{id} is called otherwise"));
    }
    if made.entity.weakest_link != published.weakest_link {
        found.differ(CheckKind::WeakestLinks, format!("{id} hangs by another weight"));
    }
}

/// How many words are searched for at once, and how many answers are looked at.
const WORDS_AT_A_TIME: usize = 15;
const ANSWERS: usize = 200;

/// Whether an entity is found by all of its words.
pub fn is_found(reader: &dyn Reader, id: EntityId, text: &str) -> Result<bool, Error> {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    // The last is the id of a record, which few others have.
    let Some(rarest) = words.pop() else { return Ok(true) };
    let alone: &[&str] = &[];
    let some = words.chunks(WORDS_AT_A_TIME).chain(words.is_empty().then_some(alone));
    for some in some {
        let query = [some, &[rarest]].concat();
        let hits = reader.search(&query.join(" "), ANSWERS)?;
        let has_all = |hit: &karat_store::SearchHit| {
            hit.entity == id && hit.terms_matched as usize == query.len()
        };
        if !hits.iter().any(has_all) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The keys of records by their numbers in the store.
fn keys_by_row(derived: &Derived) -> FxHashMap<RowNo, RecordKey> {
    let of_table = derived.mastered.iter().flat_map(|mastered| {
        let table = &mastered.table;
        table.records().map(|record| (RowNo(table.row(record)), table.key(record)))
    });
    of_table.collect()
}

fn check_pairs(reader: &dyn Reader, derived: &Derived, found: &mut Finder) -> Result<(), Error> {
    found.begin(&[CheckKind::PotentialMatches, CheckKind::Holds]);
    let published = published_potential_matches(reader)?;
    type Pairs<'p> = BTreeMap<(RowNo, RowNo), &'p PotentialMatchRow>;
    let by_rows = |pair| {
        let pair: &PotentialMatchRow = pair;
        ((pair.left, pair.right), pair)
    };
    let expected: Pairs = derived.pairs.iter().map(by_rows).collect();
    let published: Pairs = published.iter().map(by_rows).collect();
    let pairs: BTreeSet<&(RowNo, RowNo)> = expected.keys().chain(published.keys()).collect();
    let mut keys = None;
    for pair in pairs {
        found.examine(CheckKind::PotentialMatches);
        let (should, is) = (expected.get(pair), published.get(pair));
        if should == is {
            continue;
        }
        let keys = keys.get_or_insert_with(|| keys_by_row(derived));
        let key = |row: RowNo| {
            keys.get(&row).map_or(format!("record number {}", row.0), |key| key.to_string())
        };
        let what = match (should, is) {
            (Some(_), None) => "is missing",
            (None, Some(_)) => "should not be there",
            _ => "has another weight or reason",
        };
        let told = format!("{} and {} {what}", key(pair.0), key(pair.1));
        found.differ(CheckKind::PotentialMatches, told);
    }

    let form = |hold: &HoldRow| (hold.left.clone(), hold.right.clone(), hold.reason.clone());
    let should: BTreeSet<_> = derived.holds.iter().map(form).collect();
    let is: BTreeSet<_> = reader.holds()?.iter().map(form).collect();
    for hold in should.union(&is) {
        found.examine(CheckKind::Holds);
        let what = match (should.contains(hold), is.contains(hold)) {
            (true, false) => "is missing",
            (false, true) => "should not be there",
            _ => continue,
        };
        let side = |rows: &[RowNo]| rows.first().map_or(0, |row| row.0);
        let (left, right) = (side(&hold.0), side(&hold.1));
        let told = format!("of record numbers {left} and {right} ({}) {what}", hold.2);
        found.differ(CheckKind::Holds, told);
    }
    Ok(())
}

/// How many keys or records are looked up at a time.
const LOOKED_UP: usize = 4096;

fn check_match_index(
    reader: &dyn Reader,
    derived: &Derived,
    found: &mut Finder,
) -> Result<(), Error> {
    found.begin(&[CheckKind::MatchKeys, CheckKind::Edges]);
    let mut keys: Vec<(MatchKey, RowNo)> = derived.index.keys.clone();
    keys.sort_unstable();
    keys.dedup();
    for some in keys.chunk_by(|(a, _), (b, _)| a == b).collect::<Vec<_>>().chunks(LOOKED_UP) {
        let wanted: Vec<MatchKey> = some.iter().map(|block| block[0].0).collect();
        let stored = reader.match_candidates(&wanted)?;
        for &(key, row) in some.iter().copied().flatten() {
            found.examine(CheckKind::MatchKeys);
            if stored.binary_search(&(key, row)).is_err() {
                let told = format!("record number {} is not found by one of its keys", row.0);
                found.differ(CheckKind::MatchKeys, told);
            }
        }
    }
    // What the index has beyond these is no damage: who asks compares again.
    let mut edges: Vec<EdgeRow> = derived.index.edges.clone();
    edges.sort_unstable();
    for some in edges.chunks(LOOKED_UP) {
        let mut rows: Vec<RowNo> = some.iter().map(|edge| edge.left).collect();
        rows.dedup();
        let mut stored = reader.edges_of(&rows)?;
        stored.sort_unstable();
        for edge in some {
            found.examine(CheckKind::Edges);
            if stored.binary_search(edge).is_err() {
                let (left, right) = (edge.left.0, edge.right.0);
                let told = format!("record numbers {left} and {right}");
                found.differ(CheckKind::Edges, told);
            }
        }
    }
    Ok(())
}

fn check_counts(
    reader: &dyn Reader,
    derived: &Derived,
    entities_there: usize,
    found: &mut Finder,
) -> Result<(), Error> {
    let Counts { records, entities, potential_matches, .. } = reader.counts()?;
    let mut visited = 0;
    reader.current_records(&mut |some| {
        visited += some.len() as u64;
        Ok(())
    })?;
    for (what, counted, expected) in [
        ("records", records, visited),
        ("entities", entities, entities_there as u64),
        ("potential matches", potential_matches, derived.pairs.len() as u64),
    ] {
        found.examine(CheckKind::Counts);
        if counted != expected {
            found.differ(CheckKind::Counts, format!("{what}: {counted}, not {expected}"));
        }
    }
    Ok(())
}
