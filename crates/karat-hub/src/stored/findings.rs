//! Filed findings as people and applications ask for them, and the scorecard beside them.

use std::collections::BTreeMap;

use karat_model::check::Check;
use karat_model::finding::{
    Dimension, FiledFinding, FindingCode, FindingNo, RuleName, RuleVersion, Severity, Subject,
};
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey};
use karat_model::language::Language;
use karat_store::{FindingFilter, Reader, RowNo, StoredRule};

use super::StoredHub;
use super::people::called;
use crate::error::Error;
use crate::feedback::follow_up::{FollowUp, follow_up};
use crate::flow::quality::WrongDeliveries;
use crate::scorecard::scorecard;
use crate::view::{FindingPage, FindingQuery, FindingView, Scorecard};

impl StoredHub {
    pub(super) fn read_scorecard(&self, reader: &dyn Reader) -> Result<Scorecard, Error> {
        let mut made = None;
        reader.at_one_moment(&mut |reader| {
            made = Some(scorecard(reader, &self.model));
            Ok(())
        })?;
        made.expect("it was read")
    }

    pub(super) fn read_findings(
        &self,
        reader: &dyn Reader,
        query: &FindingQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Error> {
        let mut page = None;
        reader.at_one_moment(&mut |reader| {
            page = Some(self.read_page(reader, query, after, limit));
            Ok(())
        })?;
        page.expect("it was read")
    }

    fn read_page(
        &self,
        reader: &dyn Reader,
        query: &FindingQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Error> {
        let FindingQuery { rule, source, is_open, of_customers, since } = query;
        let source = match source {
            None => None,
            Some(name) => {
                let columns = reader.source_columns()?;
                let known = columns.into_iter().find(|(_, known, _)| known == name);
                let Some((no, ..)) = known else { return Ok(FindingPage::default()) };
                Some(no)
            }
        };
        let filter = FindingFilter {
            rule: rule.as_deref().map(RuleName::new),
            source,
            is_open: *is_open,
            since: *since,
            of_customers: *of_customers,
        };
        // One more than is asked for tells whether that is all.
        let mut found = reader.findings(&filter, after, limit.saturating_add(1))?;
        let has_more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| has_more).map(|finding| finding.no);
        Ok(FindingPage { findings: self.views(reader, follow_up(reader, found)?)?, next })
    }

    /// Findings as people read them.
    pub(super) fn views(
        &self,
        reader: &dyn Reader,
        followed: Vec<FollowUp>,
    ) -> Result<Vec<FindingView>, Error> {
        let customers = Customers::of(reader, followed.iter().map(|of| &of.finding))?;
        self.views_among(reader, followed, &customers)
    }

    /// The same without the customers whose records they are about.
    pub(super) fn views_of_records(
        &self,
        reader: &dyn Reader,
        followed: Vec<FollowUp>,
    ) -> Result<Vec<FindingView>, Error> {
        self.views_among(reader, followed, &Customers::default())
    }

    fn views_among(
        &self,
        reader: &dyn Reader,
        followed: Vec<FollowUp>,
        customers: &Customers,
    ) -> Result<Vec<FindingView>, Error> {
        let rules = Rules::read(reader)?;
        let is_of_source = |of: &FollowUp| matches!(of.finding.subject, Subject::Source(_));
        let wrong = match followed.iter().any(is_of_source) {
            true => WrongDeliveries::read(reader)?,
            false => WrongDeliveries::default(),
        };
        let view = |of: FollowUp| {
            let state = of.state();
            let FollowUp { finding, steps, ending: _ } = of;
            let (entity, title) = customers.of_finding(&finding);
            let (severity, dimension) = rules.of(&finding);
            let check = check_of(&self.model, finding.rule.as_str());
            let told = wrong.find(&finding);
            FindingView {
                severity,
                dimension,
                message: match told {
                    Some(told) => [Language::English, Language::Dutch]
                        .map(|language| format!("{}.", told.told(language))),
                    None => message(check, &finding, rules.definition(&finding)),
                },
                owner: check.and_then(|check| check.owner.clone()),
                entity,
                title,
                steps,
                state,
                finding,
            }
        };
        Ok(followed.into_iter().map(view).collect())
    }
}

fn check_of<'m>(model: &'m HubModel, rule: &str) -> Option<&'m Check> {
    model.checks.iter().find(|check| check.name.as_str() == rule)
}

/// What is wrong, in English and Dutch: what the check says, the code, or else what is required.
fn message(check: Option<&Check>, finding: &FiledFinding, definition: &str) -> [String; 2] {
    let rule = finding.rule.as_str();
    if let Some(message) = check.and_then(|check| check.message.clone()) {
        return message;
    }
    if let Some(code) = FindingCode::ALL.iter().find(|code| code.name() == rule) {
        return [Language::English, Language::Dutch].map(|language| code.message(language).into());
    }
    [format!("Not as required: {definition}."), format!("Niet zoals vereist: {definition}.")]
}

/// What rules said, by name and version.
struct Rules(BTreeMap<(RuleName, RuleVersion), StoredRule>);

impl Rules {
    fn read(reader: &dyn Reader) -> Result<Rules, Error> {
        let rules = reader.rules()?.into_iter();
        let by_name =
            |stored: StoredRule| ((stored.rule.name.clone(), stored.rule.version), stored);
        Ok(Rules(rules.map(by_name).collect()))
    }

    fn find(&self, finding: &FiledFinding) -> Option<&StoredRule> {
        self.0.get(&(finding.rule.clone(), finding.version))
    }

    fn of(&self, finding: &FiledFinding) -> (Severity, Dimension) {
        self.find(finding).map_or((Severity::Note, Dimension::Validity), |stored| {
            (stored.rule.severity, stored.rule.dimension)
        })
    }

    fn definition(&self, finding: &FiledFinding) -> &str {
        self.find(finding).map_or("", |stored| stored.rule.definition.as_str())
    }
}

/// The customers that findings are about.
#[derive(Default)]
struct Customers {
    of_records: BTreeMap<RecordKey, EntityId>,
    titles: BTreeMap<EntityId, String>,
}

impl Customers {
    fn of<'f>(
        reader: &dyn Reader,
        findings: impl Iterator<Item = &'f FiledFinding> + Clone,
    ) -> Result<Customers, Error> {
        let mut keys: Vec<RecordKey> =
            findings.clone().filter_map(|finding| finding.record.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let rows: BTreeMap<RowNo, RecordKey> =
            reader.rows_of(&keys)?.into_iter().map(|(key, row)| (row, key)).collect();
        let numbers: Vec<RowNo> = rows.keys().copied().collect();
        let entities = reader.entities_of_rows(&numbers)?.into_iter();
        let of_records: BTreeMap<RecordKey, EntityId> =
            entities.map(|(row, entity)| (rows[&row].clone(), entity)).collect();
        let subjects = findings.filter_map(|finding| match finding.subject {
            Subject::Customer(id) => Some(id),
            _ => None,
        });
        let mut titles = BTreeMap::new();
        for id in of_records.values().copied().chain(subjects) {
            if titles.contains_key(&id) {
                continue;
            }
            if let Some(entity) = reader.entity(id)? {
                titles.insert(id, called(entity.title));
            }
        }
        Ok(Customers { of_records, titles })
    }

    fn of_finding(&self, finding: &FiledFinding) -> (Option<EntityId>, String) {
        let entity = match &finding.subject {
            Subject::Customer(id) => Some(*id),
            _ => finding.record.as_ref().and_then(|key| self.of_records.get(key)).copied(),
        };
        let title = entity.and_then(|id| self.titles.get(&id)).cloned();
        (entity, title.unwrap_or_default())
    }
}
