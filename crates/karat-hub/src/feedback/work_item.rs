//! Work items: a finding as the owner of its source needs it, with the value as it stands there.

use std::collections::BTreeMap;
use std::sync::Arc;

use karat_model::finding::{Dimension, FiledFinding, Finding, FindingNo, Severity, Subject};
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Columns, Moment, SourceRecord};
use karat_store::{Reader, RowNo};

use super::follow_up::repeated;
use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::mask::mask;
use crate::view::{FindingView, FoundWrong, ProposedRepair};

/// Something that is to be mended in a source.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    /// The number of the finding.
    pub no: FindingNo,
    /// The source.
    pub source: SourceName,
    /// The id of the record in its source; `None` when it is about what the source delivers.
    pub record: Option<Arc<str>>,
    /// The check that fails, or the code of what was found.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The dimension of quality that it lowers.
    pub dimension: Dimension,
    /// What is wrong, in English and Dutch.
    pub message: [String; 2],
    /// The attribute, if it is about one.
    pub attribute: Option<String>,
    /// The column of the source, if it is about one.
    pub column: Option<String>,
    /// What stands there; `None` when nothing does.
    pub value: Option<String>,
    /// What would mend it, if that is known.
    pub repair: Option<ProposedRepair>,
    /// Since when it is known.
    pub opened_at: Moment,
    /// The finding that it repeats: what had passed no longer does.
    pub repeats: Option<FindingNo>,
}

impl WorkItem {
    /// The same with values that only who knows them recognises.
    pub fn masked(mut self) -> WorkItem {
        self.value = self.value.as_deref().map(mask);
        if let Some(repair) = &mut self.repair {
            repair.value = repair.value.as_deref().map(mask);
        }
        self
    }
}

/// Findings about records and deliveries, as their owners need them; what is not about a record that
/// is there now, or about a source, is left out.
pub fn work_items(
    reader: &dyn Reader,
    model: &HubModel,
    views: Vec<FindingView>,
) -> Result<Vec<WorkItem>, Error> {
    let findings: Vec<&FiledFinding> = views.iter().map(|view| &view.finding).collect();
    let repeats = repeated(reader, &findings)?;
    let mut keys: Vec<RecordKey> = Vec::new();
    for finding in findings {
        if let Subject::Record(key) = &finding.subject {
            keys.push(key.clone());
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let rows: Vec<RowNo> = reader.rows_of(&keys)?.into_iter().map(|(_, row)| row).collect();
    let sources: BTreeMap<SourceName, Cleaned> = reader
        .sources()?
        .into_iter()
        .map(|source| {
            let cleaner = SourceCleaner::new(model, &source.name, &source.columns);
            (source.name, Cleaned { cleaner, columns: source.columns })
        })
        .collect();
    let mut records: BTreeMap<RecordKey, Known> = BTreeMap::new();
    for stored in reader.records_by_row(&rows)? {
        let record = stored.record;
        let Some(source) = sources.get(&record.key.source) else { continue };
        let findings = source.cleaner.clean(&record).map(|cleaned| cleaned.findings);
        let known = Known { findings: findings.unwrap_or_default(), source, record };
        records.insert(known.record.key.clone(), known);
    }
    let item = |view: FindingView| {
        let key = match &view.finding.subject {
            Subject::Record(key) => key,
            Subject::Source(source) => return Some(of_delivery(source.clone(), view)),
            Subject::Customer(_) | Subject::Attribute(_) => return None,
        };
        let known = records.get(key)?;
        let repeats = repeats.get(&view.finding.no).copied();
        Some(known.item(view, model, repeats))
    };
    Ok(views.into_iter().filter_map(item).collect())
}

/// What is wrong with what a source delivers.
fn of_delivery(source: SourceName, view: FindingView) -> WorkItem {
    let FindingView { finding, severity, dimension, message, .. } = view;
    WorkItem {
        no: finding.no,
        source,
        record: None,
        rule: finding.rule.to_string(),
        severity,
        dimension,
        message,
        attribute: finding.attribute,
        column: finding.column,
        value: None,
        repair: None,
        opened_at: finding.opened_at,
        repeats: None,
    }
}

/// A source: its columns, and how its records are cleaned.
struct Cleaned {
    cleaner: SourceCleaner,
    columns: Columns,
}

/// A record as it is now.
struct Known<'s> {
    source: &'s Cleaned,
    record: SourceRecord,
    /// What cleaning finds in it.
    findings: Vec<Finding>,
}

impl Known<'_> {
    fn item(&self, view: FindingView, model: &HubModel, repeats: Option<FindingNo>) -> WorkItem {
        let FindingView { finding, severity, dimension, message, .. } = view;
        let columns = &self.source.columns;
        let column = self.column(&finding, model);
        let rule = finding.rule.as_str();
        let in_column = self.findings.iter().filter(|it| it.column == column && column.is_some());
        let with_repair = in_column.filter(|it| it.repair.is_some());
        let by_rule = with_repair.clone().find(|it| it.code.name() == rule);
        let repair = by_rule.or_else(|| with_repair.clone().next());
        let found = repair.map(|it| FoundWrong::of(it, columns, &model.attributes));
        WorkItem {
            no: finding.no,
            source: self.record.key.source.clone(),
            record: Some(self.record.key.id.clone()),
            rule: rule.to_string(),
            severity,
            dimension,
            message,
            attribute: finding.attribute.clone(),
            column: column.map(|column| columns[usize::from(column)].clone()),
            value: column.and_then(|column| self.record.payload.get(column)).map(str::to_string),
            repair: found.and_then(|found| found.repair),
            opened_at: finding.opened_at,
            repeats,
        }
    }

    /// The column that a finding is about, or that its attribute is filled from.
    fn column(&self, finding: &FiledFinding, model: &HubModel) -> Option<u16> {
        let columns = &self.source.columns;
        let number = |at: usize| u16::try_from(at).ok();
        if let Some(name) = &finding.column {
            return columns.iter().position(|known| known == name).and_then(number);
        }
        let attribute = model.attributes.find(finding.attribute.as_deref()?)?;
        let subjects = self.source.cleaner.subjects();
        let is_of = |(_, subject): &(usize, &Option<_>)| **subject == Some(attribute);
        let mut of_attribute = subjects.iter().enumerate().filter(is_of).map(|(at, _)| at);
        let first = of_attribute.clone().next();
        of_attribute.nth(usize::from(finding.slot)).or(first).and_then(number)
    }
}
