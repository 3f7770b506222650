//! Writes what was published to files.

use std::collections::{BTreeMap, BTreeSet};

use karat_engine::merging::{self, Member};
use karat_model::attribute::AttributeId;
use karat_model::finding::{FiledFinding, FindingNo};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::language::Language;
use karat_model::record::Columns;
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{FindingFilter, Reader, RowNo, StoredPotentialMatch};
use rayon::prelude::*;

use super::StoredHub;
use super::quarantine::visit_quarantined;
use crate::error::{Error, Failure};
use crate::feedback::follow_up::follow_up;
use crate::flow::clean::SourceCleaner;
use crate::flow::derive::{clean_all, entities_by_row, standing};
use crate::flow::progress::{Progress, Stage};
use crate::flow::publish::trust;
use crate::flow::settlements::Settlements;
use crate::share::Destination;
use crate::share::crosswalk::{CrosswalkFile, CrosswalkRow};
use crate::share::findings::FindingsFile;
use crate::share::golden::{GoldenFile, GoldenRow};
use crate::share::lineage::LineageFile;
use crate::share::potential_matches::{
    PotentialMatchRow, PotentialMatchSide, PotentialMatchesFile,
};
use crate::share::quarantine::QuarantineFile;
use crate::share::records::{RecordRow, RecordsFile};
use crate::view::FindingView;

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportKind {
    /// Which entity each source record is: `source,id,entity_id`.
    Crosswalk,
    /// Golden records, a row each.
    Golden,
    /// Golden records, a row per value and claim, with the rule that decided.
    Lineage,
    /// Source records as they were standardised.
    Records,
    /// What is filed of source records and open.
    Findings,
    /// Rows that the last load could not read.
    Quarantine,
    /// Pairs of customers that may be the same.
    PotentialMatches,
}

impl ExportKind {
    /// All kinds.
    pub const ALL: [ExportKind; 7] = [
        ExportKind::Crosswalk,
        ExportKind::Golden,
        ExportKind::Lineage,
        ExportKind::Records,
        ExportKind::Findings,
        ExportKind::Quarantine,
        ExportKind::PotentialMatches,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ExportKind::Crosswalk => "crosswalk",
            ExportKind::Golden => "golden",
            ExportKind::Lineage => "lineage",
            ExportKind::Records => "records",
            ExportKind::Findings => "findings",
            ExportKind::Quarantine => "quarantine",
            ExportKind::PotentialMatches => "potential-matches",
        }
    }
}

/// How many golden records with lineage are made at a time.
const ENTITIES_AT_A_TIME: usize = 8192;
/// How many findings are read at a time.
const FINDINGS_AT_A_TIME: usize = 4096;

impl StoredHub {
    /// Writes an export; gives the number of rows.
    ///
    /// Rows stand in the order of what they hold, never in that of arrival.
    pub fn export(
        &self,
        kind: ExportKind,
        destination: &Destination,
        language: Language,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        self.read(|reader| match kind {
            ExportKind::Crosswalk => self.export_crosswalk(reader, destination, progress),
            ExportKind::Golden => self.export_golden(reader, destination, progress),
            ExportKind::Lineage => self.export_lineage(reader, destination, progress),
            ExportKind::Records => self.export_records(reader, destination, progress),
            ExportKind::Findings => self.export_findings(reader, destination, language, progress),
            ExportKind::Quarantine => self.export_quarantine(reader, destination),
            ExportKind::PotentialMatches => self.export_potential_matches(reader, destination),
        })
    }

    fn export_crosswalk(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let mut rows: Vec<(RecordKey, EntityId)> = Vec::new();
        progress.begin(Stage::Export, reader.counts()?.records);
        // Not by the current records: some of them may have arrived after what was published.
        reader.keyed_crosswalk(&mut |key, entity| {
            rows.push((key, entity));
            progress.reached(rows.len() as u64);
            Ok(())
        })?;
        progress.end();
        rows.par_sort_unstable();
        let mut file = CrosswalkFile::create(destination)?;
        for (key, entity_id) in &rows {
            let entity_id = *entity_id;
            file.write(&CrosswalkRow { source: key.source.as_str(), id: &key.id, entity_id })?;
        }
        Ok(file.finish()?)
    }

    fn export_golden(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let attributes = &self.model.attributes;
        let mut filled: Vec<AttributeId> = Vec::new();
        reader.entities(&mut |entity| {
            filled.extend(entity.golden.keys().filter_map(|name| attributes.find(name)));
            filled.sort_unstable();
            filled.dedup();
            Ok(())
        })?;
        let mut file = GoldenFile::create(destination, attributes, &filled)?;
        let mut failure = Failure::default();
        let mut done = 0;
        progress.begin(Stage::Export, reader.counts()?.entities);
        let visited = reader.entities(&mut |entity| {
            let values: Vec<(AttributeId, u8, &str)> = entity
                .golden
                .iter()
                .filter_map(|(name, values)| Some((attributes.find(name)?, values)))
                .flat_map(|(attribute, values)| {
                    (0..=u8::MAX)
                        .zip(values)
                        .map(move |(rank, value)| (attribute, rank, value.as_str()))
                })
                .collect();
            let row = GoldenRow {
                entity_id: entity.id,
                entity_type: entity.entity_type,
                records: u64::from(entity.records),
                values: &values,
            };
            done += 1;
            progress.reached(done);
            failure.note(file.write(&row))
        });
        progress.end();
        failure.or(visited)?;
        Ok(file.finish()?)
    }

    fn export_lineage(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let entity_of = entities_by_row(reader)?;
        let cleaned = clean_all(reader, &self.model, None, progress)?;
        let mut file = LineageFile::create(destination, &self.model.attributes)?;
        let decided = standing(reader)?;
        for table in &cleaned.tables {
            let settled = Settlements::new(&self.model, &decided).in_table(table);
            let groups = by_entity(table, &entity_of);
            let filled: Vec<AttributeId> = table.filled_attributes().collect();
            for some in groups.chunks(ENTITIES_AT_A_TIME) {
                let goldens: Vec<_> = some
                    .par_iter()
                    .map(|(_, records)| {
                        let members: Vec<Member> = records
                            .iter()
                            .map(|&record| {
                                let source = &table.sources()[table.source(record) as usize];
                                let trust = trust(&self.model, source);
                                Member::of_table(table, &filled, record, trust)
                                    .settled(settled.of(record))
                            })
                            .collect();
                        merging::survive(
                            table.entity_type,
                            &members,
                            &self.model.attributes,
                            &self.model.survivorship,
                            &|record| table.key(record),
                        )
                    })
                    .collect();
                for ((entity, _), golden) in some.iter().zip(&goldens) {
                    file.write(*entity, golden)?;
                }
            }
        }
        Ok(file.finish()?)
    }

    fn export_records(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let cleaned = clean_all(reader, &self.model, None, progress)?;
        let mut columns: Vec<(AttributeId, u8)> = Vec::new();
        for table in &cleaned.tables {
            for attribute in table.filled_attributes() {
                let more = table.column(attribute).all_more().iter().map(|&(_, slot, _)| slot);
                columns.extend(std::iter::once(0).chain(more).map(|slot| (attribute, slot)));
                columns.sort_unstable();
                columns.dedup();
            }
        }
        let mut file = RecordsFile::create(destination, &self.model.attributes, &columns)?;
        for table in &cleaned.tables {
            let filled: Vec<AttributeId> = table.filled_attributes().collect();
            for record in table.records() {
                let values: Vec<(AttributeId, u8, &str)> = filled
                    .iter()
                    .flat_map(|&attribute| {
                        let dictionary = table.dictionary(attribute);
                        let values = table.column(attribute).values(record);
                        values.map(move |(slot, code)| (attribute, slot, dictionary.value(code)))
                    })
                    .collect();
                file.write(&RecordRow {
                    source: table.sources()[table.source(record) as usize].as_str(),
                    id: table.id(record),
                    entity_type: table.entity_type,
                    observed_at: table.observed_at(record),
                    values: &values,
                })?;
            }
        }
        Ok(file.finish()?)
    }

    fn export_findings(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
        language: Language,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let mut cleaners: BTreeMap<SourceName, (SourceCleaner, Columns)> = BTreeMap::new();
        for source in reader.sources()? {
            let cleaner = SourceCleaner::new(&self.model, &source.name, &source.columns);
            cleaners.insert(source.name, (cleaner, source.columns));
        }
        let filter = FindingFilter {
            is_open: Some(true),
            of_customers: Some(false),
            ..FindingFilter::default()
        };
        let mut filed: Vec<(FindingView, Option<&'static str>)> = Vec::new();
        let mut after = FindingNo(0);
        progress.begin(Stage::Export, 0);
        loop {
            let some = reader.findings(&filter, after, FINDINGS_AT_A_TIME)?;
            let Some(last) = some.last() else { break };
            after = last.no;
            let keys: BTreeSet<RecordKey> =
                some.iter().filter_map(|it| it.record.clone()).collect();
            let keys: Vec<RecordKey> = keys.into_iter().collect();
            let rows: Vec<RowNo> = reader.rows_of(&keys)?.into_iter().map(|(_, row)| row).collect();
            let mut repairs: BTreeMap<(RecordKey, String, Option<String>), &'static str> =
                BTreeMap::new();
            for stored in reader.records_by_row(&rows)? {
                let key = &stored.record.key;
                let Some((cleaner, columns)) = cleaners.get(&key.source) else { continue };
                for found in cleaner.clean(&stored.record).into_iter().flat_map(|it| it.findings) {
                    let Some(repair) = found.repair.as_deref() else { continue };
                    let column = found.column.and_then(|at| columns.get(usize::from(at)).cloned());
                    let place = (key.clone(), found.code.name().to_string(), column);
                    repairs.insert(place, repair.name());
                }
            }
            for view in self.views_of_records(reader, follow_up(reader, some)?)? {
                let FiledFinding { record, rule, column, .. } = &view.finding;
                let place = record.clone().map(|key| (key, rule.to_string(), column.clone()));
                let repair = place.and_then(|place| repairs.get(&place).copied());
                filed.push((view, repair));
            }
            progress.reached(filed.len() as u64);
        }
        progress.end();
        filed.par_sort_unstable_by(|(one, _), (other, _)| {
            let place = |view: &FindingView| {
                let FiledFinding { record, column, rule, no, .. } = &view.finding;
                (record.clone(), column.clone(), rule.clone(), *no)
            };
            place(one).cmp(&place(other))
        });
        let mut file = FindingsFile::create(destination, language)?;
        for (view, repair) in &filed {
            file.write(view, *repair)?;
        }
        Ok(file.finish()?)
    }

    fn export_quarantine(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
    ) -> Result<u64, Error> {
        let mut file = QuarantineFile::create(destination)?;
        let mut failure = Failure::default();
        let visited = visit_quarantined(reader, &mut |source, row| {
            failure.note(file.write(source.as_str(), &row))
        });
        failure.or(visited)?;
        Ok(file.finish()?)
    }

    fn export_potential_matches(
        &self,
        reader: &dyn Reader,
        destination: &Destination,
    ) -> Result<u64, Error> {
        const PAIRS_AT_A_TIME: usize = 1000;
        let mut pairs: Vec<StoredPotentialMatch> = Vec::new();
        loop {
            let after = pairs.last().map(|last| last.pair.clone());
            let next = reader.potential_matches(after, PAIRS_AT_A_TIME)?;
            if next.is_empty() {
                break;
            }
            pairs.extend(next);
        }
        pairs.par_sort_unstable_by(|a, b| {
            let heaviest_first = b.pair.weight.cmp(&a.pair.weight);
            heaviest_first.then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right)))
        });
        let models = self.models(reader)?;
        let mut file = PotentialMatchesFile::create(destination)?;
        for found in &pairs {
            let Some((left, right)) = found.left_entity.zip(found.right_entity) else { continue };
            let entity_type = reader.entity(left)?.map(|entity| entity.entity_type);
            let weight = found.pair.weight;
            let model = models.iter().find(|model| model.entity_type() == entity_type);
            let probability = model.map_or(weight.probability(), |model| model.probability(weight));
            file.write(&PotentialMatchRow {
                left: PotentialMatchSide {
                    source: found.left.source.as_str(),
                    id: &found.left.id,
                    entity_id: left,
                },
                right: PotentialMatchSide {
                    source: found.right.source.as_str(),
                    id: &found.right.id,
                    entity_id: right,
                },
                weight,
                probability,
                held: found.pair.held.as_deref(),
            })?;
        }
        Ok(file.finish()?)
    }
}

/// The records of each entity of a table, in order of id.
fn by_entity(
    table: &RecordTable,
    entity_of: &[Option<EntityId>],
) -> Vec<(EntityId, Vec<RecordNo>)> {
    let mut groups: BTreeMap<EntityId, Vec<RecordNo>> = BTreeMap::new();
    for record in table.records() {
        if let Some(entity) = entity_of.get(table.row(record) as usize).copied().flatten() {
            groups.entry(entity).or_default().push(record);
        }
    }
    groups.into_iter().collect()
}
