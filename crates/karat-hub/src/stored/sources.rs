//! The sources, out of what loads and publications kept of them.

use karat_model::hub_model::Source;
use karat_model::id::SourceName;
use karat_model::profile::Sensitivity;
use karat_model::record::{Moment, Quarantined};
use karat_model::semantic::SemanticType;
use karat_store::{Load, LoadNo, Reader, SourceNo, StoredSource};

use super::{StoredHub, at_one_moment};
use crate::error::Error;
use crate::figures::Figures;
use crate::flow::load::{StoredArrival, StoredReport, stored_figures};
use crate::flow::publish::trust;
use crate::flow::quality::Deliveries;
use crate::flow::source_profiles::{KeptCheck, KeptColumn, KeptProfile, SourceProfiles};
use crate::view::{
    ColumnSuggestion, Feed, LoadFailure, QuarantinePage, QuarantinedRow, SeenColumn, SourceColumn,
    SourceDetail, SourceLoad, SourceStanding, ToldSource,
};

/// How many loads of a source are told.
const LOADS_MAX: usize = 20;

impl StoredHub {
    pub(super) fn read_sources(&self, reader: &dyn Reader) -> Result<Vec<SourceStanding>, Error> {
        at_one_moment(reader, |reader| {
            let known = Known::read(reader)?;
            let (stored, counts) = (reader.sources()?, self.record_counts(reader)?);
            let is_new = |source: &&Source| stored.iter().all(|known| known.name != source.name);
            let new = self.model.sources.iter().filter(is_new).map(|source| (&source.name, 0));
            let brought = stored.iter().map(|source| (&source.name, counts[&source.source]));
            let mut standings: Vec<SourceStanding> = brought
                .chain(new)
                .map(|(name, records)| self.standing(name, records, &known))
                .collect();
            standings.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(standings)
        })
    }

    pub(super) fn read_source(
        &self,
        reader: &dyn Reader,
        name: &SourceName,
    ) -> Result<Option<SourceDetail>, Error> {
        at_one_moment(reader, |reader| {
            let stored = stored_source(reader, name)?;
            let told = self.model.source(name);
            if stored.is_none() && told.is_none() {
                return Ok(None);
            }
            let known = Known::read(reader)?;
            let counts = self.record_counts(reader)?;
            let records = stored.as_ref().map_or(0, |source| counts[&source.source]);
            let mut profiles = SourceProfiles::read(reader)?;
            let profile = profiles.0.remove(name.as_str());
            let loads = known.loads.iter().filter_map(|load| load.of_source(name)).take(LOADS_MAX);
            Ok(Some(SourceDetail {
                standing: self.standing(name, records, &known),
                columns: self.columns(told, stored.as_ref(), profile.as_ref()),
                profiled: profile.as_ref().map(|it| (it.rows, Moment(it.at))),
                suggested: profile.into_iter().flat_map(suggestions).collect(),
                loads: loads.collect(),
            }))
        })
    }

    pub(super) fn read_quarantine(
        &self,
        reader: &dyn Reader,
        name: &SourceName,
        skipped: usize,
        limit: usize,
    ) -> Result<Option<QuarantinePage>, Error> {
        at_one_moment(reader, |reader| {
            let Some(source) = stored_source(reader, name)? else {
                return Ok(self.model.source(name).map(|_| QuarantinePage::default()));
            };
            let loads = TakenLoad::all(reader)?;
            let Some(load) = loads.iter().find(|load| load.arrival(name).is_some()) else {
                return Ok(Some(QuarantinePage::default()));
            };
            let rows = quarantined_rows(reader, load.no, source.source, skipped, limit)?;
            let total = load.arrival(name).map_or(0, |arrival| arrival.quarantined);
            Ok(Some(QuarantinePage { at: Some(load.at), rows, total }))
        })
    }

    pub(super) fn read_whole_quarantine(
        &self,
        reader: &dyn Reader,
        name: &SourceName,
        visit: &mut dyn FnMut(Quarantined) -> bool,
    ) -> Result<(), Error> {
        let last = at_one_moment(reader, |reader| {
            let Some(source) = stored_source(reader, name)? else { return Ok(None) };
            let loads = TakenLoad::all(reader)?;
            let load = loads.iter().find(|load| load.arrival(name).is_some());
            Ok(load.map(|load| (load.no, source.source)))
        })?;
        match last {
            Some((load, source)) => visit_rows(reader, load, source, visit),
            None => Ok(()),
        }
    }

    fn standing(&self, name: &SourceName, records: u64, known: &Known) -> SourceStanding {
        let figures = known.figures.sources.iter().find(|of| of.name == name.as_str());
        let moments = known.deliveries.of(name).into_iter().flat_map(|of| &of.deliveries);
        let moments: Vec<Moment> = moments.map(|delivery| Moment(delivery.at)).collect();
        let last = known.loads.first();
        SourceStanding {
            name: name.clone(),
            told: self.model.source(name).map(told),
            trust: trust(&self.model, name),
            records,
            alone: figures.and_then(|of| of.alone),
            quarantined: figures.map_or(0, |of| of.quarantined),
            findings: figures.map_or(0, |of| of.findings),
            feed: Feed::of(&moments),
            failure: last.and_then(|load| load.failure_of(name)),
        }
    }

    /// The columns as they came last, or else as they ever came.
    fn columns(
        &self,
        told: Option<&Source>,
        stored: Option<&StoredSource>,
        profile: Option<&KeptProfile>,
    ) -> Vec<SourceColumn> {
        let mappings = told.map_or(&[][..], |source| &source.columns);
        let mut columns: Vec<SourceColumn> = match (profile, stored) {
            (Some(profile), _) => profile.columns.iter().map(seen_column).collect(),
            (None, Some(stored)) => stored.columns.iter().map(|it| unseen_column(it)).collect(),
            (None, None) => Vec::new(),
        };
        for mapping in mappings {
            let is_here = |column: &SourceColumn| column.header == mapping.column;
            if !columns.iter().any(is_here) {
                columns.push(unseen_column(&mapping.column));
            }
            let column = columns.iter_mut().find(|column| is_here(column));
            let column = column.expect("it is there, or was added");
            column.told = Some(mapping.semantic_type);
            let name = |id| self.model.attributes.get(id).name.to_string();
            column.attribute = mapping.attribute.map(name);
        }
        columns
    }
}

/// What is kept of all sources.
struct Known {
    figures: Figures,
    deliveries: Deliveries,
    loads: Vec<TakenLoad>,
}

impl Known {
    fn read(reader: &dyn Reader) -> Result<Known, Error> {
        Ok(Known {
            figures: stored_figures(reader)?,
            deliveries: Deliveries::read(reader)?,
            loads: TakenLoad::all(reader)?,
        })
    }
}

/// A load that read sources, or was to.
struct TakenLoad {
    no: LoadNo,
    at: Moment,
    /// `None` while it runs, and for ever when it broke off.
    report: Option<StoredReport>,
}

impl TakenLoad {
    /// Those that are remembered, latest first; what only published read no source.
    fn all(reader: &dyn Reader) -> Result<Vec<TakenLoad>, Error> {
        let loads = reader.loads()?.into_iter().map(TakenLoad::of);
        let is_of_sources = |load: &TakenLoad| {
            let is_empty =
                |report: &StoredReport| report.sources.is_empty() && report.failed.is_none();
            !load.report.as_ref().is_some_and(is_empty)
        };
        Ok(loads.filter(is_of_sources).collect())
    }

    fn of(load: Load) -> TakenLoad {
        let report = load.report.map(|json| serde_json::from_str(&json).unwrap_or_default());
        TakenLoad { no: load.load, at: load.started_at, report }
    }

    fn arrival(&self, name: &SourceName) -> Option<&StoredArrival> {
        self.report.as_ref()?.sources.iter().find(|arrival| arrival.source == name.as_str())
    }

    /// What it brought of a source; `None` when it never came to it.
    fn of_source(&self, name: &SourceName) -> Option<SourceLoad> {
        let failure = self.failure_of(name);
        let arrival = self.arrival(name).cloned();
        if arrival.is_none() && failure.is_none() {
            return None;
        }
        let arrival = arrival.unwrap_or_default();
        Some(SourceLoad {
            at: self.at,
            read: arrival.rows,
            added: arrival.new,
            changed: arrival.changed,
            removed: arrival.deleted,
            quarantined: arrival.quarantined,
            failure,
        })
    }

    /// Why nothing, or not all, came of it for a source: reading another one may have failed.
    fn failure_of(&self, name: &SourceName) -> Option<LoadFailure> {
        let at = self.at;
        let Some(report) = &self.report else {
            return Some(LoadFailure { at, message: None, hint: None });
        };
        if let Some(failed) = &report.failed {
            let (message, hint) = (Some(failed.message.clone()), failed.hint.clone());
            return Some(LoadFailure { at, message, hint });
        }
        let problems = &self.arrival(name)?.problems;
        let message = problems.first().cloned();
        message.is_some().then_some(LoadFailure { at, message, hint: None })
    }
}

fn stored_source(reader: &dyn Reader, name: &SourceName) -> Result<Option<StoredSource>, Error> {
    Ok(reader.sources()?.into_iter().find(|source| source.name == *name))
}

fn quarantined_rows(
    reader: &dyn Reader,
    load: LoadNo,
    source: SourceNo,
    skipped: usize,
    limit: usize,
) -> Result<Vec<QuarantinedRow>, Error> {
    let mut rows = Vec::new();
    let mut passed = 0;
    visit_rows(reader, load, source, &mut |row| {
        if rows.len() == limit {
            return false;
        }
        if passed < skipped {
            passed += 1;
        } else {
            rows.push(QuarantinedRow::masked(&row));
        }
        true
    })?;
    Ok(rows)
}

/// Visits the rows of a load of a source that could not be read, until no more are wanted.
fn visit_rows(
    reader: &dyn Reader,
    load: LoadNo,
    source: SourceNo,
    visit: &mut dyn FnMut(Quarantined) -> bool,
) -> Result<(), Error> {
    let visited = reader.quarantined(load, &mut |of, row| {
        let is_wanted = of != source || visit(row);
        if is_wanted { Ok(()) } else { Err(karat_store::Error::Stopped) }
    });
    match visited {
        Err(karat_store::Error::Stopped) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn told(source: &Source) -> ToldSource {
    ToldSource {
        party: source.party,
        delivery: source.delivery,
        files: source.files.clone(),
        owner: source.feedback.as_ref().and_then(|feedback| feedback.owner.clone()),
    }
}

fn unseen_column(header: &str) -> SourceColumn {
    let header = header.to_string();
    SourceColumn { header, told: None, attribute: None, guess: None, seen: None }
}

/// A column that came, of which the hub model says nothing yet.
pub(crate) fn seen_column(kept: &KeptColumn) -> SourceColumn {
    let sensitive = kept.sensitive.as_deref();
    let seen = SeenColumn {
        filled: kept.filled,
        judged: kept.judged,
        valid: kept.valid,
        distinct: kept.distinct,
        is_estimate: kept.is_estimate,
        is_candidate_key: kept.is_candidate_key,
        has_citizen_numbers: sensitive == Some(Sensitivity::CitizenNumber.name()),
        lengths: kept.lengths.clone(),
        patterns: kept.patterns.clone(),
        top: kept.top.clone(),
    };
    let guess = SemanticType::from_name(&kept.guess).map(|kind| (kind, kept.confidence));
    SourceColumn { guess, seen: Some(seen), ..unseen_column(&kept.header) }
}

fn suggestions(profile: KeptProfile) -> impl Iterator<Item = ColumnSuggestion> {
    profile.checks.into_iter().map(|check| {
        let KeptCheck { column, attribute, word, passed, because } = check;
        ColumnSuggestion { column, attribute, word, passed, because }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::load::LoadOptions;
    use crate::flow::progress::Unwatched;
    use crate::operate::tests::World;
    use crate::view::HubReader;

    const OPTIONS: LoadOptions = LoadOptions { retrain: false, allow_deletes: false };
    const DAY: i64 = 86_400;

    fn crm() -> SourceName {
        SourceName::new("crm")
    }

    fn standing(world: &World) -> SourceStanding {
        world.hub().served().unwrap().sources().unwrap().remove(0)
    }

    fn load_at(world: &World, day: i64) -> Result<(), Error> {
        world.hub().load(OPTIONS, &|| Moment(day * DAY), &Unwatched).map(|_| ())
    }

    #[test]
    fn the_rhythm_of_a_source_is_that_of_its_loads() {
        let world = World::new();
        for day in 1..=4 {
            load_at(&world, day).unwrap();
        }
        let standing = standing(&world);
        assert_eq!(standing.feed.last, Some(Moment(4 * DAY)));
        assert_eq!(standing.feed.usual_seconds, Some(DAY as u64));
        assert!(!standing.feed.is_late(Moment(5 * DAY)));
        assert!(standing.feed.is_late(Moment(6 * DAY)));
        assert_eq!((standing.records, standing.failure), (36, None));
        let customers = world.hub().served().unwrap().overview().unwrap().entities();
        assert_eq!(standing.alone, Some(customers), "no other source knows anybody");
    }

    #[test]
    fn why_a_load_failed_is_kept_until_one_succeeds() {
        let world = World::new();
        let whole = std::fs::read_to_string(world.path("crm.csv")).unwrap();
        world.write("crm.csv", "id;naam;geb;plaats;mail\n0;Jan Jansen;1-3-1971;Ede;\n");
        load_at(&world, 1).unwrap_err();
        let failure = standing(&world).failure.unwrap();
        assert_eq!(failure.at, Moment(DAY));
        assert!(failure.message.unwrap().contains("crm"));
        assert!(failure.hint.unwrap().contains("--allow-deletes"));
        assert_eq!(standing(&world).records, 36, "nothing was deleted");

        world.write("crm.csv", &whole);
        load_at(&world, 2).unwrap();
        assert_eq!(standing(&world).failure, None);
        let detail = world.hub().served().unwrap().source(&crm()).unwrap().unwrap();
        let failed: Vec<bool> = detail.loads.iter().map(|load| load.failure.is_some()).collect();
        assert_eq!(failed, [false, true, false]);
    }

    #[test]
    fn columns_are_told_with_what_stands_in_them_and_without_values_of_persons() {
        let world = World::new();
        let rows = (1..=30).map(|at| {
            format!(
                "{at};Jan Jansen;1-3-1971;Ede;j{at}@voorbeeld.example;{}\n",
                ["gold", "silver"][at % 2]
            )
        });
        let text = format!("id;naam;geb;plaats;mail;segment\n{}", rows.collect::<String>());
        world.write("crm.csv", &text);
        let options = LoadOptions { allow_deletes: true, ..OPTIONS };
        world.hub().load(options, &|| Moment(DAY), &Unwatched).unwrap();
        let detail = world.hub().served().unwrap().source(&crm()).unwrap().unwrap();
        assert_eq!(detail.profiled, Some((30, Moment(DAY))));
        let column =
            |header: &str| detail.columns.iter().find(|column| column.header == header).unwrap();
        assert!(column("id").seen.as_ref().unwrap().is_candidate_key);
        let mail = column("mail");
        assert_eq!(mail.told, Some(SemanticType::Email));
        let seen = mail.seen.as_ref().unwrap();
        assert_eq!((seen.filled, seen.top.len()), (30, 0));
        assert!(seen.judged > 0 && seen.valid == seen.judged, "{seen:?}");
        let segment = column("segment");
        assert!(segment.is_unmapped());
        assert_eq!(segment.guess.unwrap().0, SemanticType::Category);
        assert_eq!(segment.seen.as_ref().unwrap().top.len(), 2);
        let json = world.hub().database().open_reader().unwrap();
        let json = json.statistic(SourceProfiles::NAME).unwrap().unwrap();
        for personal in ["Jansen", "voorbeeld", "Ede"] {
            assert!(!json.contains(personal), "{personal}");
        }
    }

    #[test]
    fn rows_in_quarantine_are_paged_and_masked() {
        let world = World::new();
        let whole = std::fs::read_to_string(world.path("crm.csv")).unwrap();
        world.write("crm.csv", &format!("{whole}91;Bo;;;;too many\n92;Kees;;;;too many\n"));
        load_at(&world, 1).unwrap();
        let page = |skipped| {
            let hub = world.hub().served().unwrap();
            hub.quarantine(&crm(), skipped, 1).unwrap().unwrap()
        };
        assert_eq!((page(0).total, page(0).rows[0].line), (2, 38));
        assert_eq!((page(1).rows[0].line, page(2).rows.len()), (39, 0));
        assert_eq!(page(0).rows[0].masked, "9***;B***;;;;t*** m***");
        assert_eq!(page(0).rows[0].file, "crm.csv");
        let hub = world.hub().served().unwrap();
        assert_eq!(hub.quarantine(&SourceName::new("nobody"), 0, 1).unwrap(), None);
        let mut whole = Vec::new();
        hub.visit_quarantine(&crm(), &mut |row| {
            whole.push(String::from_utf8(row.raw).unwrap().trim_end().to_string());
            true
        })
        .unwrap();
        assert_eq!(whole, ["91;Bo;;;;too many", "92;Kees;;;;too many"]);
        hub.visit_quarantine(&crm(), &mut |_| {
            whole.pop();
            false
        })
        .unwrap();
        assert_eq!(whole.len(), 1, "who has enough sees no more");
    }
}
