//! A hub of invented people, for tests and for looking at the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use karat_hub::assess::assessment::*;
use karat_hub::drift::{Drift, DriftReport, Severity, Shift, ShiftKind, TypeDrift};
use karat_hub::feedback::{FeedbackState, SourceFeedback};
use karat_hub::flow::progress::Stage;
use karat_hub::flow::releases::ReleaseReason;
use karat_hub::hub_model::FolderText;
use karat_hub::matching_report::*;
use karat_hub::repairs::ListedStep;
use karat_hub::view::{Change, *};
use karat_hub::what_if::{AttributeEffect, ValueSample, WhatIf};
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::check::{
    Check, CheckName, CustomerKind, Day, EntryPolicy, Requirement, Share, Verdict as CheckVerdict,
};

use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::confirmation::{Confirmation, ConfirmationKind, ConfirmationNo};
use karat_model::decision::{
    Decision, DecisionNo, Identity, Overruled, Ruling, Settled, SettledValue,
};
use karat_model::evidence::{Change as Alternative, *};
use karat_model::finding::{
    Dimension, FiledFinding, Finding, FindingCode, FindingNo, FindingState, RuleName, RuleVersion,
    StepNo, Subject, Tile, ValueDigest,
};
use karat_model::golden::{ClaimSource, GoldenRecord, GoldenValue, Loser, Withheld};
use karat_model::hub_model::*;
use karat_model::id::{EntityId, ModelId, RecordKey, SourceName};
use karat_model::partition::{ClusterQuality, HoldReason};
use karat_model::profile::ColumnProfile;
use karat_model::record::{Moment, Payload, Quarantined, SourceRecord};
use karat_model::repair_step::{RepairStep, RepairVerb};
use karat_model::semantic::SemanticType;
use karat_store::Withdrawn;

/// A hub that answers from this file.
pub struct FixtureHub {
    /// Whether it fails at everything, as when its database is gone.
    pub broken: bool,
    /// Whether nothing has been loaded yet.
    pub empty: bool,
    /// Whether its folder says another hub model than the one in force.
    pub unpublished: bool,
    /// How stewards divided the work queue.
    pub arranged: Arc<Mutex<Arranged>>,
}

/// How stewards divided the work queue: what is otherwise than it was, by pair and by account.
#[derive(Default)]
pub struct Arranged {
    items: BTreeMap<[RecordKey; 2], Assignment>,
    views: BTreeMap<String, Vec<SavedView>>,
}

impl FixtureHub {
    /// A hub in good order.
    pub fn new() -> FixtureHub {
        let arranged = Arc::default();
        FixtureHub { broken: false, empty: false, unpublished: false, arranged }
    }

    fn lineage_of(&self, id: EntityId, golden: GoldenRecord) -> Lineage {
        Lineage { id, event: EventNo(3), golden, hub_model: self.model() }
    }

    fn available<T>(&self, answer: T) -> Result<T, Unavailable> {
        if self.broken { Err(Unavailable("the database file is gone".into())) } else { Ok(answer) }
    }
}

impl HubReader for FixtureHub {
    fn model(&self) -> Arc<HubModel> {
        let mut model = HubModel::new("Van Velzen Wonen");
        model.sources = [("crm", 90), ("erp", 70), ("news", 30), ("service", 40), ("shop", 60)]
            .map(|(name, trust)| source(name, trust))
            .into();
        let name = CheckName::new("postcode_known").unwrap();
        let message = ["The postcode is not known.", "De postcode is niet bekend."];
        let check = Check::new(name, Requirement::Present);
        let message = Some(message.map(str::to_string));
        let owner = Some("Customer care".to_string());
        let attributes = vec![AttributeId::POSTCODE];
        model.checks = [Check { message, owner, attributes, ..check }].into();
        let kind = |name: &str| CustomerKind {
            name: name.into(),
            entity_types: Vec::new(),
            needs: vec![CheckName::new("reachable").unwrap()],
        };
        model.kinds = [kind("lead"), kind("customer")].into();
        model.entry.origins = vec!["https://shop.example".into()];
        Arc::new(model)
    }

    fn has_unpublished_model(&self) -> Result<bool, Unavailable> {
        self.available(self.unpublished)
    }

    fn scorecard(&self) -> Result<Scorecard, Unavailable> {
        self.available(if self.empty { Scorecard::default() } else { scorecard() })
    }

    fn findings(
        &self,
        query: &FindingQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable> {
        let is_asked = |view: &FindingView| {
            let FiledFinding { rule, subject, record, .. } = &view.finding;
            let is_of_customer = matches!(subject, Subject::Customer(_));
            let source = record.as_ref().map(|key| &key.source);
            query.rule.as_deref().is_none_or(|name| name == rule.as_str())
                && query.of_customers.is_none_or(|asked| asked == is_of_customer)
                && query.source.as_ref().is_none_or(|asked| source == Some(asked))
                && query.is_open != Some(false)
        };
        let all = findings().into_iter().filter(|view| view.finding.no > after);
        let mut findings: Vec<FindingView> = all.filter(is_asked).collect();
        let has_more = findings.len() > limit;
        findings.truncate(limit);
        let next = findings.last().filter(|_| has_more).map(|view| view.finding.no);
        self.available(FindingPage { findings, next })
    }

    fn finding(&self, no: FindingNo) -> Result<Option<FindingDetail>, Unavailable> {
        let found = findings().into_iter().find(|view| view.finding.no == no);
        let repeats = (no == FindingNo(4)).then_some(FindingNo(3));
        self.available(found.map(|view| FindingDetail { view, repeats }))
    }

    fn follow_ups(
        &self,
        query: &FollowUpQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable> {
        let FollowUpQuery { source, state } = query;
        let asked = FindingQuery { source: source.clone(), ..FindingQuery::default() };
        let mut page = self.findings(&asked, after, limit)?;
        page.findings.retain(|view| {
            let is_of_record = matches!(view.finding.subject, Subject::Record(_));
            is_of_record && state.is_none_or(|asked| view.state == asked)
        });
        self.available(page)
    }

    fn feedback(&self) -> Result<Vec<SourceFeedback>, Unavailable> {
        self.available(if self.empty { Vec::new() } else { feedback() })
    }

    fn repairs(&self, source: Option<&SourceName>) -> Result<Vec<ListedStep>, Unavailable> {
        let is_of = |step: &ListedStep| source.is_none_or(|source| *source == step.source);
        self.available(repair_steps().into_iter().filter(is_of).collect())
    }

    fn rules(&self) -> Result<Rules, Unavailable> {
        self.available(if self.empty { Rules::default() } else { rules_in_force(self.unpublished) })
    }

    fn releases(&self) -> Result<Vec<ReleaseView>, Unavailable> {
        self.available(if self.empty { Vec::new() } else { releases() })
    }

    fn release_text(&self, no: u32) -> Result<Option<FolderText>, Unavailable> {
        let text = (1..=2).contains(&no).then(FolderText::default);
        self.available(text)
    }

    fn currency(&self) -> Result<Currency, Unavailable> {
        self.available(if self.empty { Currency::default() } else { currency() })
    }

    fn currency_queue(&self, query: &QueueQuery, limit: usize) -> Result<Queue, Unavailable> {
        let is_asked = |value: &UnsureValue| {
            let QueueQuery { attribute, use_name } = query;
            attribute.as_ref().is_none_or(|asked| *asked == value.attribute)
                && use_name.as_ref().is_none_or(|asked| value.uses.contains(asked))
        };
        let mut values: Vec<UnsureValue> = unsure_values().into_iter().filter(is_asked).collect();
        let total = values.len() as u64;
        values.truncate(limit);
        self.available(Queue { total, values })
    }

    fn confirmations(&self, key: &RecordKey) -> Result<Option<Vec<ConfirmationView>>, Unavailable> {
        let known = self.record(key)?;
        Ok(known.map(|_| confirmations()))
    }

    fn visit_quarantine(
        &self,
        name: &SourceName,
        visit: &mut dyn FnMut(Quarantined) -> bool,
    ) -> Result<(), Unavailable> {
        self.available(())?;
        let standing = source_standings().into_iter().find(|of| of.name == *name);
        let count = standing.map_or(0, |of| of.quarantined);
        let mut rows = (0..count).map(|at| Quarantined {
            file: "shop-2026-03.csv".into(),
            line: 100 + at,
            reason: "7 fields, but there are 6 columns".into(),
            raw: b"A-8812;Jo;;;;too;many".to_vec(),
        });
        let _is_all = rows.all(visit);
        Ok(())
    }

    fn drift(&self) -> Result<Option<DriftReport>, Unavailable> {
        self.available((!self.empty).then(drift))
    }

    fn sources(&self) -> Result<Vec<SourceStanding>, Unavailable> {
        self.available(if self.empty { Vec::new() } else { source_standings() })
    }

    fn source(&self, name: &SourceName) -> Result<Option<SourceDetail>, Unavailable> {
        let standing = source_standings().into_iter().find(|of| of.name == *name);
        self.available(standing.map(source_detail))
    }

    fn quarantine(
        &self,
        name: &SourceName,
        skipped: usize,
        limit: usize,
    ) -> Result<Option<QuarantinePage>, Unavailable> {
        let standing = source_standings().into_iter().find(|of| of.name == *name);
        self.available(standing.map(|of| quarantine_page(of.quarantined, skipped, limit)))
    }

    fn overview(&self) -> Result<Overview, Unavailable> {
        self.available(if self.empty { Overview::default() } else { overview() })
    }

    fn search(&self, query: &str, page: u32) -> Result<SearchPage, Unavailable> {
        self.available(match query {
            "nobody" => SearchPage { hits: Vec::new(), total: 0, page: 1, pages: 0, is_cut: false },
            _ => search(page),
        })
    }

    fn customer(&self, id: EntityId) -> Result<CustomerLookup, Unavailable> {
        let id_of = |key: &str| EntityId::founded_by(&key.parse().unwrap());
        self.available(match id {
            id if id == id_of("crm/1001") => CustomerLookup::Found(Box::new(sanne())),
            id if id == id_of("erp/20417") => CustomerLookup::RedirectedTo(id_of("crm/1001")),
            id if id == id_of("crm/13") => CustomerLookup::Found(Box::new(hostile())),
            id if id == id_of("shop/gone") => CustomerLookup::Retired,
            _ => CustomerLookup::Unknown,
        })
    }

    fn work(
        &self,
        query: &WorkQuery,
        now: Moment,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<WorkPage, Unavailable> {
        let is_first = after.is_none();
        let is_asked_for = |item: &WorkItem| {
            item.assignment.is_snoozed(now) == query.is_snoozed
                && query.owner.includes(item.assignment.owner.as_deref())
        };
        let arranged = self.arranged.lock().unwrap();
        let as_arranged = |item: WorkItem| {
            let assignment = arranged.items.get(&item.assignment.pair).cloned();
            WorkItem { assignment: assignment.unwrap_or(item.assignment), ..item }
        };
        let items = work_items().into_iter().skip(usize::from(!is_first)).map(as_arranged);
        let items = items.filter(is_asked_for);
        let items: Vec<WorkItem> = items.collect();
        self.available(match self.empty {
            true => WorkPage::default(),
            false => WorkPage {
                items: items.into_iter().take(limit).collect(),
                pairs: 214,
                next: is_first.then(|| Cursor("p2".into())),
            },
        })
    }

    fn merges(&self, after: EventNo, limit: usize) -> Result<MergesSince, Unavailable> {
        let unusual = UnusualMerge {
            from: EntityId::founded_by(&"shop/77".parse().expect("it is a key")),
            into: sanne_summary(),
            records: 3,
            at: moment(1).unwrap(),
            conflicts: vec![AttributeId::BIRTH_DATE],
            is_of_several: true,
        };
        let is_seen = after >= EventNo(3);
        self.available(MergesSince {
            after,
            since: moment(2),
            until: EventNo(3),
            merges: if is_seen { 0 } else { 7 },
            unusual: if is_seen { Vec::new() } else { vec![unusual; limit.min(1)] },
        })
    }

    fn work_summary(&self, now: Moment) -> Result<Arc<WorkSummary>, Unavailable> {
        let band = |(days_min, items, cents): (u16, u64, u64)| AgeBand {
            days_min,
            items,
            worth_cents: Some(cents),
        };
        let ages = [(0, 2, 90_000), (1, 7, 125_050), (7, 31, 870_000), (30, 60, 0), (90, 9, 1)];
        let summary = WorkSummary {
            as_of: now,
            pairs: 214,
            ages: ages.map(band).to_vec(),
            owners: vec![("Eva".into(), 12), ("Jan".into(), 3)],
            unowned: 94,
            snoozed: 4,
        };
        let nothing = || WorkSummary {
            pairs: 0,
            ages: [0, 1, 7, 30, 90]
                .map(|days_min| AgeBand { days_min, ..AgeBand::default() })
                .into(),
            owners: Vec::new(),
            unowned: 0,
            snoozed: 0,
            ..summary.clone()
        };
        self.available(Arc::new(if self.empty { nothing() } else { summary.clone() }))
    }

    fn saved_views(&self, account: &str) -> Result<Vec<SavedView>, Unavailable> {
        let view =
            |[name, filter]: [&str; 2]| SavedView { name: name.into(), filter: filter.into() };
        let views = [["Likely persons", "type=person&from=90"], ["Mine", "owner=mine"]].map(view);
        let own = self.arranged.lock().unwrap().views.get(account).cloned();
        let ready_made = || if account == "Eva" { views.into() } else { Vec::new() };
        self.available(own.unwrap_or_else(ready_made))
    }

    fn deliberation(&self, customers: &[EntityId]) -> Result<Deliberation, Unavailable> {
        let jeroen = potential_matches().remove(1).left;
        let (left, right, third) = (sanne_summary().id, bram_summary().id, jeroen.id);
        let sides = [
            (sanne_summary(), sanne_golden(), "crm/1001", vec![related_summary()]),
            (bram_summary(), bram_golden(), "crm/1002", vec![related_summary()]),
            (jeroen, bram_golden(), "shop/77", Vec::new()),
        ];
        let side = |(summary, golden, record, related)| Side {
            records: vec![key(record)],
            summary,
            golden,
            household: Vec::new(),
            related,
        };
        let sides = sides.into_iter().filter(|(summary, ..)| customers.contains(&summary.id));
        let between = |left, right, pair| PairBetween { left, right, pair, held: None };
        let mut pairs =
            vec![between(left, right, doubtful_pair()), between(right, third, separate_pair())];
        pairs.retain(|it| customers.contains(&it.left) && customers.contains(&it.right));
        self.available(Deliberation {
            customers: sides.map(side).collect(),
            pairs,
            decisions: decisions(),
            assignment: Some(assignment(&doubtful_pair(), Some("Eva"))),
        })
    }

    fn cluster(
        &self,
        id: EntityId,
        threshold: Option<Weight>,
    ) -> Result<ClusterLookup, Unavailable> {
        if id == EntityId::founded_by(&key("shop/large")) {
            return self.available(ClusterLookup::Found(Box::new(large_cluster())));
        }
        Ok(match self.customer(id)? {
            CustomerLookup::Found(customer) => {
                ClusterLookup::Found(Box::new(cluster(*customer, threshold)))
            }
            CustomerLookup::RedirectedTo(to) => ClusterLookup::RedirectedTo(to),
            CustomerLookup::Retired => ClusterLookup::Retired,
            CustomerLookup::Unknown => ClusterLookup::Unknown,
        })
    }

    fn potential_matches(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<PotentialMatchPage, Unavailable> {
        let total = 214;
        self.available(match after {
            _ if self.empty => {
                PotentialMatchPage { pairs: Vec::new(), before: 0, total: 0, next: None }
            }
            None => PotentialMatchPage {
                pairs: potential_matches().into_iter().take(limit).collect(),
                before: 0,
                total,
                next: Some(Cursor("p2".into())),
            },
            Some(_) => PotentialMatchPage {
                pairs: potential_matches().split_off(1),
                before: 2,
                total,
                next: None,
            },
        })
    }

    fn compare(
        &self,
        left: &RecordKey,
        right: &RecordKey,
    ) -> Result<ComparisonLookup, Unavailable> {
        let known = ["crm/1001", "shop/A-8812", "service/554", "crm/1002"];
        let unknown: Vec<RecordKey> = [left, right]
            .into_iter()
            .filter(|key| !known.contains(&key.to_string().as_str()))
            .cloned()
            .collect();
        if *left == key("crm/2001") || *right == key("crm/2001") {
            return self.available(ComparisonLookup::DifferentEntityTypes);
        }
        self.available(match unknown {
            unknown if !unknown.is_empty() => ComparisonLookup::Unknown(unknown),
            _ if *right == key("crm/1002") => ComparisonLookup::Found(Box::new(apart())),
            _ => ComparisonLookup::Found(Box::new(together())),
        })
    }

    fn ready(&self) -> Result<(), Unavailable> {
        self.available(())
    }

    fn record(&self, key: &RecordKey) -> Result<Option<RecordView>, Unavailable> {
        let found = sanne_records().into_iter().find(|detail| detail.record.key == *key);
        let entity = Some(sanne_summary().id);
        self.available(found.map(|detail| RecordView { detail, entity }))
    }

    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>, Unavailable> {
        let is_hers = sanne_records().iter().any(|detail| detail.record.key == *key);
        self.available(is_hers.then(|| sanne_summary().id))
    }

    fn entity(&self, id: EntityId, as_of: AsOf) -> Result<EntityLookup, Unavailable> {
        let id_of = |key: &str| EntityId::founded_by(&key.parse().unwrap());
        let before_all = matches!(as_of, AsOf::Event(EventNo(0)) | AsOf::Moment(Moment(..0)));
        self.available(match id {
            _ if before_all => EntityLookup::Unknown,
            id if id == id_of("crm/1001") => EntityLookup::Found(Box::new(sanne_entity())),
            id if id == id_of("crm/1002") => EntityLookup::Found(Box::new(bram_entity())),
            id if id == id_of("erp/20417") => EntityLookup::MovedTo(id_of("crm/1001")),
            id if id == id_of("shop/gone") => EntityLookup::Deleted,
            _ => EntityLookup::Unknown,
        })
    }

    fn lineage(&self, id: EntityId, as_of: AsOf) -> Result<LineageLookup, Unavailable> {
        if as_of == AsOf::Event(EventNo(1)) {
            return self.available(LineageLookup::NotKept(NotKept::HubModel));
        }
        Ok(match self.customer(id)? {
            CustomerLookup::Found(customer) => {
                let golden = customer.golden;
                LineageLookup::Found(Box::new(self.lineage_of(id, golden)))
            }
            CustomerLookup::RedirectedTo(to) => LineageLookup::MovedTo(to),
            CustomerLookup::Retired => LineageLookup::Deleted,
            CustomerLookup::Unknown => LineageLookup::Unknown,
        })
    }

    fn identified(&self, identifier: &str) -> Result<Vec<CustomerSummary>, Unavailable> {
        let is_hers = identifier == "sanne.dewit@post.example";
        self.available(is_hers.then(sanne_summary).into_iter().collect())
    }

    fn candidates(&self, _: &Probe, limit: usize) -> Result<Candidates, Unavailable> {
        let mut candidates = vec![
            Candidate { entity: sanne_summary(), pair: linked_pair() },
            Candidate { entity: bram_summary(), pair: doubtful_pair() },
        ];
        candidates.truncate(limit);
        let wrong = FoundWrong {
            code: FindingCode::MisspeltEmailDomain,
            column: Some("email".into()),
            repair: Some(ProposedRepair {
                action: "replace",
                attribute: Some("email".into()),
                value: Some("sanne.dewit@gmail.com".into()),
                column: None,
            }),
        };
        self.available(Candidates { candidates, findings: vec![wrong] })
    }

    fn check_entry(&self, check: &EntryCheck) -> Result<EntryAnswer, Unavailable> {
        let answer = entry_answer(check);
        self.available(answer)
    }

    fn events(
        &self,
        after: EventNo,
        limit: usize,
        with_versions: bool,
    ) -> Result<Vec<EventView>, Unavailable> {
        let mut events = events();
        events.retain(|event| event.number > after);
        events.truncate(limit);
        if !with_versions {
            events.iter_mut().for_each(|event| (event.before, event.after) = (None, None));
        }
        self.available(events)
    }

    fn last_event(&self) -> Result<EventNo, Unavailable> {
        self.available(EventNo(3))
    }

    fn records_of(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<RecordDetail>, Unavailable> {
        Ok(part(self.customer(id)?, |customer| customer.records, skipped, limit))
    }

    fn nearby(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<NearbyCustomer>, Unavailable> {
        Ok(part(self.customer(id)?, |customer| customer.potential_matches, skipped, limit))
    }

    fn history(
        &self,
        id: EntityId,
        after: EventNo,
        limit: usize,
    ) -> Result<Option<Vec<EventView>>, Unavailable> {
        let mut events = events();
        events.retain(|event| event.entity == id);
        let is_known = !events.is_empty();
        events.retain(|event| event.number > after);
        events.truncate(limit);
        self.available(is_known.then_some(events))
    }

    fn versions(
        &self,
        id: EntityId,
        before: Option<EventNo>,
        limit: usize,
    ) -> Result<Option<VersionPage>, Unavailable> {
        let mut versions = versions();
        versions.retain(|version| version.event.entity == id);
        let total = versions.len();
        versions.retain(|version| before.is_none_or(|before| version.event.number < before));
        let earlier = versions.len().saturating_sub(limit);
        let versions = versions.split_off(earlier).into_iter().rev().collect();
        let page = VersionPage { versions, earlier: earlier as u64, total: total as u64 };
        self.available((total > 0).then_some(page))
    }

    fn circumstances(
        &self,
        event: EventNo,
        records: &[RecordKey],
    ) -> Result<Circumstances, Unavailable> {
        let former = EntityId::founded_by(&key("erp/20417"));
        let entities = records.iter().map(|key| (key.source.as_str() == "erp").then_some(former));
        let decision = Some(DecisionNo(if event < EventNo(3) { 2 } else { 4 }));
        self.available(Circumstances { decision, entities: entities.collect() })
    }

    fn diff(
        &self,
        _: AsOf,
        to: AsOf,
        after: Option<EventNo>,
        limit: usize,
    ) -> Result<DiffPage, Unavailable> {
        let to = if let AsOf::Event(to) = to { to } else { EventNo(3) };
        let mut entities = vec![sanne_diff(), bram_diff()];
        let skipped = after.map_or(0, |after| after.0 as usize).min(entities.len());
        entities.drain(..skipped);
        let is_cut = entities.len() > limit;
        entities.truncate(limit);
        let next = is_cut.then(|| EventNo((skipped + limit) as u64));
        self.available(DiffPage { from: EventNo(0), to, entities, next })
    }

    fn entity_diff(
        &self,
        id: EntityId,
        from: AsOf,
        to: AsOf,
    ) -> Result<Option<ExplainedDiff>, Unavailable> {
        if let (AsOf::Event(from), AsOf::Event(to)) = (from, to)
            && (from == to || to == EventNo(4) || id == EntityId::founded_by(&key("erp/20417")))
        {
            let [before, after] = [from, to].map(|event| version_after(id, event));
            let is_last = after.as_ref().is_some_and(|after| *after == sanne_entity());
            let unknown =
                |entity: &Option<EntityView>| entity.as_ref().map(|_| Err(NotKept::TakenIn));
            let now = is_last.then(|| Ok(self.lineage_of(id, sanne_golden())));
            let lineage = [unknown(&before), now.or_else(|| unknown(&after))];
            let diff = EntityDiff { id, kind: None, other: None, before, after };
            return self.available(Some(ExplainedDiff { diff, lineage }));
        }
        let after = |golden| Some(Ok(self.lineage_of(id, golden)));
        let lineage =
            [[Some(Err(NotKept::TakenIn)), after(sanne_golden())], [None, after(bram_golden())]];
        let diffs = [sanne_diff(), bram_diff()].into_iter().zip(lineage);
        let mut explained = diffs.map(|(diff, lineage)| ExplainedDiff { diff, lineage });
        self.available(explained.find(|explained| explained.diff.id == id))
    }

    fn snapshot(&self, visit: &mut dyn FnMut(SnapshotPart) -> bool) -> Result<(), Unavailable> {
        let parts = [
            SnapshotPart::After(EventNo(3)),
            SnapshotPart::Entity(Box::new(bram_entity())),
            SnapshotPart::Entity(Box::new(sanne_entity())),
        ];
        self.available(())?;
        let _is_all = parts.into_iter().all(visit);
        Ok(())
    }

    fn decisions(
        &self,
        before: Option<DecisionNo>,
        limit: usize,
    ) -> Result<DecisionPage, Unavailable> {
        let mut decisions = decisions();
        decisions.retain(|view| before.is_none_or(|before| view.decision.no < before));
        decisions.reverse();
        let is_cut = decisions.len() > limit;
        decisions.truncate(limit);
        let next = decisions.last().map(|view| view.decision.no).filter(|_| is_cut);
        self.available(DecisionPage { decisions, next })
    }

    fn decision(&self, no: DecisionNo) -> Result<Option<DecisionView>, Unavailable> {
        self.available(decisions().into_iter().find(|view| view.decision.no == no))
    }
}

/// A writer that keeps the versions of records in memory, and beside them knows those of the hub.
pub struct FixtureWriter {
    /// Whether more changes wait than can be taken.
    pub busy: bool,
    versions: Mutex<BTreeMap<RecordKey, Option<RecordTag>>>,
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    undone: Mutex<BTreeSet<DecisionNo>>,
    decided: AtomicU64,
    arranged: Arc<Mutex<Arranged>>,
}

impl FixtureWriter {
    /// A writer that takes changes.
    pub fn new() -> FixtureWriter {
        FixtureWriter {
            busy: false,
            versions: Mutex::default(),
            kept: Mutex::default(),
            undone: Mutex::new(BTreeSet::from([DecisionNo(2)])),
            decided: AtomicU64::new(2),
            arranged: Arc::default(),
        }
    }

    /// A writer that divides the work queue of this hub.
    pub fn beside(hub: &FixtureHub) -> FixtureWriter {
        FixtureWriter { arranged: hub.arranged.clone(), ..FixtureWriter::new() }
    }

    /// Changes who has an item, or until when it waits.
    fn arrange(
        &self,
        pair: [RecordKey; 2],
        change: impl FnOnce(&mut Assignment) -> Result<(), Refused>,
    ) -> Result<ChangeOutcome, Refused> {
        let mut arranged = self.arranged.lock().unwrap();
        let of_pair = |item: &WorkItem| item.assignment.pair == pair;
        let was = || Some(work_items().into_iter().find(of_pair)?.assignment);
        let known = arranged.items.get(&pair).cloned().or_else(was);
        let mut assignment = known.ok_or(Refused::NotWaiting)?;
        change(&mut assignment)?;
        arranged.items.insert(pair, assignment);
        Ok(ChangeOutcome::default())
    }

    fn version(&self, key: &RecordKey) -> Option<RecordTag> {
        let known = self.versions.lock().unwrap().get(key).copied();
        known.unwrap_or_else(|| {
            let record = FixtureHub::new().record(key).unwrap()?;
            Some(RecordTag::of(&record.detail.record, &record.detail.columns))
        })
    }

    fn done(&self, change: Change) -> Result<ChangeOutcome, Refused> {
        let outcome = |outcome| ChangeOutcome { outcome: Some(outcome), ..told() };
        match change {
            Change::Upsert { key, observed_at, values, condition } => {
                let before = self.version(&key);
                if !condition.holds(before) {
                    return Err(Refused::ConditionFailed);
                }
                let mut payload = Payload::new();
                let columns: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
                (0..).zip(&values).for_each(|(column, (_, value))| payload.push(column, value));
                let record = SourceRecord { key: key.clone(), observed_at, payload };
                let version = Some(RecordTag::of(&record, &columns.into()));
                self.versions.lock().unwrap().insert(key, version);
                let meant = match before {
                    None => Outcome::New,
                    Some(_) if before == version => Outcome::Unchanged,
                    Some(_) => Outcome::Changed,
                };
                Ok(ChangeOutcome { version, ..outcome(meant) })
            }
            Change::Delete { key, condition } => {
                let before = self.version(&key);
                if !condition.holds(before) {
                    return Err(Refused::ConditionFailed);
                }
                before.ok_or_else(|| Refused::UnknownRecord(key.clone()))?;
                self.versions.lock().unwrap().insert(key, None);
                Ok(outcome(Outcome::Deleted))
            }
            Change::Decide { rulings, .. } => {
                let number = |_| DecisionNo(self.decided.fetch_add(1, Ordering::Relaxed) + 1);
                let decisions: Vec<DecisionNo> = rulings.iter().map(number).collect();
                let by = decisions[0];
                Ok(ChangeOutcome {
                    decisions,
                    conflicts: vec![Overruled { no: DecisionNo(1), by }],
                    ..told()
                })
            }
            Change::Step { findings: numbers, state, until, reason, .. } => {
                let needs_until = state == FindingState::AcceptedAsIs;
                if reason.is_empty() && (needs_until || state == FindingState::Rejected) {
                    return Err(Refused::ReasonMissing);
                }
                if needs_until != until.is_some() {
                    return Err(Refused::UntilNotAhead);
                }
                for no in numbers {
                    let known = findings().into_iter().find(|view| view.finding.no == no);
                    let state_of = known.ok_or(Refused::UnknownFinding(no))?.state;
                    if !state_of.may_take(state) {
                        return Err(Refused::UnfitStep { finding: no, state: state_of });
                    }
                }
                Ok(ChangeOutcome { steps: vec![StepNo(9)], ..ChangeOutcome::default() })
            }
            Change::UndoStep { finding, step, .. } => match (finding.0, step.0) {
                (4, 2) => Ok(ChangeOutcome::default()),
                (4, _) => Err(Refused::NotLastStep(step)),
                _ => Err(Refused::UnknownFinding(finding)),
            },
            Change::Assign { pair, owner, former, .. } => self.arrange(pair, |assignment| {
                if assignment.owner != former {
                    return Err(Refused::AssignedMeanwhile);
                }
                assignment.owner = owner;
                Ok(())
            }),
            Change::Snooze { pair, until, .. } => self.arrange(pair, |assignment| {
                assignment.snoozed_until = until;
                Ok(())
            }),
            Change::SaveView { account, view } if !view.name.is_empty() => {
                let mut arranged = self.arranged.lock().unwrap();
                arranged.views.entry(account).or_default().push(view);
                Ok(ChangeOutcome::default())
            }
            Change::SaveView { .. } => Err(Refused::UnfitView),
            Change::ForgetView { account, name } => {
                let mut arranged = self.arranged.lock().unwrap();
                arranged.views.entry(account).or_default().retain(|view| view.name != name);
                Ok(ChangeOutcome::default())
            }
            Change::Confirm { key, attribute, kind, .. } => {
                self.version(&key).ok_or_else(|| Refused::UnknownRecord(key.clone()))?;
                match attribute == "email" {
                    true => {
                        Ok(ChangeOutcome { confirmations: Some(vec![ConfirmationNo(3)]), ..told() })
                    }
                    false => Err(Refused::OtherConfirmation(kind)),
                }
            }
            Change::Withdraw { confirmation, .. } => match confirmation.0 {
                1 => Ok(ChangeOutcome { confirmations: Some(Vec::new()), ..told() }),
                2 => Err(Refused::WithdrawnAlready(confirmation)),
                _ => Err(Refused::UnknownConfirmation(confirmation)),
            },
            Change::Undo { decisions, .. } => {
                let decision = decisions[0];
                let is_known = (1..=self.decided.load(Ordering::Relaxed)).contains(&decision.0);
                match is_known {
                    false => Err(Refused::UnknownDecision(decision)),
                    true if !self.undone.lock().unwrap().insert(decision) => {
                        Err(Refused::UndoneAlready(decision))
                    }
                    true => Ok(told()),
                }
            }
        }
    }

    fn change(&self, request: ChangeRequest) -> Result<Changed, Refused> {
        if self.busy {
            return Err(Refused::Busy { retry_after_seconds: 2 });
        }
        let ChangeRequest { change, is_trial, repetition, entry } = request;
        if is_trial {
            return Ok(Changed::Now(Box::new(told())));
        }
        let mut kept = self.kept.lock().unwrap();
        if let Some(repetition) = &repetition
            && let Some(kept) = kept.get(&repetition.name)
        {
            return repetition.recall(kept);
        }
        let decision = entry.map(|entry| admit(&entry)).transpose()?;
        let outcome = ChangeOutcome { entry: decision, ..self.done(change)? };
        if let Some(repetition) = repetition {
            kept.insert(repetition.name.clone(), repetition.kept(&outcome));
        }
        Ok(Changed::Now(Box::new(outcome)))
    }
}

impl HubWriter for FixtureWriter {
    fn ask(&self, request: ChangeRequest, answer: Answer) {
        answer(self.change(request));
    }

    fn ready(&self) -> Result<(), Refused> {
        if self.busy { Err(Refused::Stopped) } else { Ok(()) }
    }
}

/// An operator that does nothing, and whose jobs end when a test says so.
#[derive(Default)]
pub struct FixtureOperator {
    job: Mutex<Option<JobView>>,
}

impl FixtureOperator {
    /// The job that was asked for last.
    pub fn asked(&self) -> Option<Job> {
        self.job.lock().unwrap().as_ref().map(|view| view.job.clone())
    }

    /// Ends the job.
    pub fn end(&self, result: Result<JobOutcome, JobFailure>) {
        let result = Arc::new(result);
        let state = JobState::Ended { at: moment(0).unwrap(), result };
        self.job.lock().unwrap().as_mut().unwrap().state = state;
    }
}

impl HubOperator for FixtureOperator {
    fn begin(&self, job: Job, asked_by: &str) -> Result<JobNo, JobRefused> {
        let mut known = self.job.lock().unwrap();
        if let Some(running) = known.as_ref().filter(|view| view.is_running()) {
            return Err(JobRefused::AnotherRuns(Box::new(running.clone())));
        }
        let stage = Some(StageReached { stage: Stage::Match, done: 1, total: 4 });
        let state = JobState::Running { stage, is_stopping: false };
        let (no, asked_by) = (JobNo(1), asked_by.to_string());
        *known = Some(JobView { no, job, asked_by, asked_at: moment(0).unwrap(), state });
        Ok(no)
    }

    fn job(&self) -> Option<JobView> {
        self.job.lock().unwrap().clone()
    }

    fn stop(&self, _: JobNo) {
        let failure = JobFailure { is_stopped: true, causes: Vec::new(), hint: None };
        self.end(Err(failure));
    }
}

/// What a preview tells of a hub in which one customer would show another city.
pub fn previewed() -> JobOutcome {
    let sample = ValueSample {
        entity: EntityId::founded_by(&key("crm/1001")),
        before: vec!["Ede".into()],
        after: vec!["Epe".into()],
    };
    let city = AttributeEffect {
        name: "city".into(),
        label: ["City".into(), "Plaats".into()],
        changed: 1,
        samples: vec![sample],
        ..AttributeEffect::default()
    };
    let effect = WhatIf { changed: 1, attributes: vec![city], ..WhatIf::default() };
    JobOutcome::Previewed(Previewed { effect, hub_model: "seen".into(), release: 2 })
}

/// What the gate of the fixture decides: its hub model is soft.
fn admit(entry: &Entry) -> Result<EntryDecision, Refused> {
    let answer = entry_answer(&entry.check);
    match (answer.decision.action, &entry.overriding) {
        (EntryAction::Accept, _) | (EntryAction::Ask, Some(_)) => Ok(answer.decision),
        _ => Err(Refused::Entry(Box::new(answer))),
    }
}

/// What is told of whoever is typed in: Sanne, with a slip in her address, whom the hub knows;
/// anybody without an e-mail address cannot be reached.
fn entry_answer(check: &EntryCheck) -> EntryAnswer {
    let is_told = |name: &str, id: AttributeId| match &check.probe.values {
        ProbeValues::Attributes(values) => values.iter().any(|(of, _)| *of == id),
        ProbeValues::Columns(_, values) => values.iter().any(|(column, _)| column == name),
    };
    let has_email = is_told("E-mail", AttributeId::EMAIL);
    let message = |english: &str, dutch: &str| [english.to_string(), dutch.to_string()];
    let needs = vec![Need {
        check: RuleName::new("reachable"),
        verdict: if has_email { CheckVerdict::Pass } else { CheckVerdict::Fail },
        message: message("We know no e-mail address.", "We kennen geen e-mailadres."),
        attributes: vec![AttributeId::EMAIL, AttributeId::PHONE],
    }];
    let found = EntryFinding {
        rule: RuleName::new("misspelt_email_domain"),
        severity: karat_model::finding::Severity::Warning,
        dimension: karat_model::finding::Dimension::Validity,
        message: message("The domain looks misspelt.", "Het domein lijkt verkeerd gespeld."),
        attribute: Some(AttributeId::EMAIL),
        column: Some("email".into()),
        repair: Some(ProposedRepair {
            action: "replace",
            attribute: Some("email".into()),
            value: Some("sanne.dewit@gmail.com".into()),
            column: None,
        }),
    };
    let understood = Understood {
        attribute: AttributeId::FAMILY_NAME,
        value: "Wit".into(),
        validity: Validity::Valid,
        column: "family_name".into(),
    };
    let entity = Candidate { entity: sanne_summary(), pair: linked_pair() };
    let candidates = if check.is_discreet { Vec::new() } else { vec![entity] };
    EntryAnswer {
        entity_type: check.probe.entity_type,
        understood: vec![understood],
        findings: if has_email { vec![found] } else { Vec::new() },
        missing: if has_email { Vec::new() } else { vec![AttributeId::EMAIL] },
        candidates,
        duplicate: Likeness::Possible,
        decision: karat_hub::entry::decide(EntryPolicy::Soft, &needs, Likeness::Possible),
        needs,
    }
}

/// What every change of the fixture tells.
fn told() -> ChangeOutcome {
    let event = &events()[2];
    ChangeOutcome {
        entity: Some(sanne_entity()),
        events: vec![Event {
            number: event.number,
            load: LoadNo(1),
            kind: event.kind,
            at: Moment(1_767_225_600),
            entity: event.entity,
            other: event.other,
            before: None,
            after: None,
        }],
        potential_matches: vec![NearMatch {
            record: key("crm/1001"),
            other_record: key("crm/1002"),
            other: bram_summary().id,
            weight: doubtful_pair().total,
            probability: doubtful_pair().probability(),
        }],
        findings: vec![FoundWrong {
            code: FindingCode::Placeholder,
            column: Some("Telefoon".into()),
            repair: Some(ProposedRepair { action: "clear", ..ProposedRepair::default() }),
        }],
        ..ChangeOutcome::default()
    }
}

fn sanne_entity() -> EntityView {
    let attributes = AttributeSet::builtin();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for value in sanne_golden().values {
        values.entry(attributes.get(value.attribute).name.clone()).or_default().push(value.value);
    }
    let CustomerSummary { id, entity_type, title, .. } = sanne_summary();
    let records = sanne_records().into_iter().map(|detail| detail.record.key).collect();
    EntityView { id, entity_type, title, values, records }
}

fn bram_entity() -> EntityView {
    let CustomerSummary { id, entity_type, title, .. } = bram_summary();
    let values = BTreeMap::from([("given_name".to_string(), vec!["Bram".to_string()])]);
    EntityView { id, entity_type, title, values, records: vec![key("crm/1002")] }
}

/// Sanne comes, comes again under another id, and is found to be one.
fn events() -> Vec<EventView> {
    let (sanne, other) = (sanne_summary().id, EntityId::founded_by(&key("erp/20417")));
    let early = EntityView { records: vec![key("crm/1001")], ..sanne_entity() };
    let later = EntityView { id: other, records: vec![key("erp/20417")], ..sanne_entity() };
    let event = |number, kind, entity, into: Option<EntityId>, before, after| EventView {
        number: EventNo(number),
        at: moment(10 - number as i64).unwrap(),
        kind,
        entity,
        other: into,
        before,
        after,
    };
    vec![
        event(1, EventKind::Created, sanne, None, None, Some(early)),
        event(2, EventKind::Created, other, None, None, Some(later.clone())),
        event(3, EventKind::Merged, other, Some(sanne), Some(later), None),
    ]
}

/// The versions of all customers: those of the feed, and what the merge made of Sanne.
fn versions() -> Vec<VersionView> {
    let (sanne, other) = (sanne_summary().id, EntityId::founded_by(&key("erp/20417")));
    let passage = |other| vec![Passage { other, records: vec![key("erp/20417")] }];
    let version = |event| VersionView { event, came_from: Vec::new(), went_to: Vec::new() };
    let mut versions: Vec<VersionView> = events().into_iter().map(version).collect();
    let merged = versions.last_mut().expect("the feed has events");
    merged.went_to = passage(sanne);
    let at = merged.event.at;
    let before = EntityView { records: vec![key("crm/1001")], ..sanne_entity() };
    let mut before = EntityView { title: "S. de Wit".into(), ..before };
    before.values.insert("city".into(), vec!["Zwolle".into()]);
    versions[0].event.after = Some(before.clone());
    let event = EventView {
        number: EventNo(4),
        at,
        kind: EventKind::Updated,
        entity: sanne,
        other: None,
        before: Some(before),
        after: Some(sanne_entity()),
    };
    versions.push(VersionView { event, came_from: passage(other), went_to: Vec::new() });
    versions
}

/// An entity as it was after an event.
fn version_after(id: EntityId, event: EventNo) -> Option<EntityView> {
    let mut versions = versions().into_iter().map(|version| version.event);
    versions.rfind(|it| it.entity == id && it.number <= event)?.after
}

/// Some of what a customer has many of.
fn part<T>(
    customer: CustomerLookup,
    all: impl Fn(Customer) -> Vec<T>,
    skipped: usize,
    limit: usize,
) -> PartLookup<T> {
    match customer {
        CustomerLookup::Found(customer) => {
            let all = all(*customer);
            let total = all.len() as u64;
            let items = all.into_iter().skip(skipped).take(limit).collect();
            PartLookup::Found(Part { items, total })
        }
        CustomerLookup::RedirectedTo(to) => PartLookup::MovedTo(to),
        CustomerLookup::Retired => PartLookup::Deleted,
        CustomerLookup::Unknown => PartLookup::Unknown,
    }
}

/// Sanne gets another record.
fn sanne_diff() -> EntityDiff {
    let before = EntityView { records: vec![key("crm/1001")], ..sanne_entity() };
    EntityDiff {
        id: before.id,
        kind: Some(EventKind::Updated),
        other: None,
        before: Some(before),
        after: Some(sanne_entity()),
    }
}

/// What is known of Bram, and what a steward decided.
fn bram_golden() -> GoldenRecord {
    let (crm, trust) = (claim_source("crm/1002", 1), Some(SurvivorshipRule::Trust));
    let value = golden_value(AttributeId::GIVEN_NAME, "Bram", crm, trust, &[]);
    GoldenRecord { entity_type: EntityType::Person, values: vec![value], withheld: Vec::new() }
}

/// Bram is new.
fn bram_diff() -> EntityDiff {
    let after = Some(bram_entity());
    let id = bram_summary().id;
    EntityDiff { id, kind: Some(EventKind::Created), other: None, before: None, after }
}

fn decisions() -> Vec<DecisionView> {
    let decision = |no, ruling| Decision {
        no: DecisionNo(no),
        ruling,
        steward: "eva".into(),
        at: moment(1).unwrap(),
        reason: "asked by phone".into(),
    };
    let identity = Identity {
        left: vec![key("crm/1001")],
        right: vec![key("crm/1002")],
        verdict: Verdict::Different,
    };
    let settled = Settled {
        record: key("crm/1001"),
        attribute: "city".into(),
        slot: 0,
        value: SettledValue::Text("Utrecht".into()),
    };
    let undone = Undone {
        no: DecisionNo(3),
        steward: "eva".into(),
        at: moment(0).unwrap(),
        reason: "a mistake".into(),
    };
    vec![
        DecisionView {
            decision: decision(1, Ruling::Identity(identity)),
            undone: None,
            overruled_by: None,
        },
        DecisionView {
            decision: decision(2, Ruling::Value(settled)),
            undone: Some(undone),
            overruled_by: None,
        },
    ]
}

/// A pair of records that the machine linked.
pub fn linked_pair() -> PairExplanation {
    with_changes(linked(), "E-mail | E-mail | different | verschillend | -16.2")
}

fn linked() -> PairExplanation {
    pair(
        "crm/1001 shop/A-8812",
        "Name | Naam | Sanne de Wit | Sanne de Wit | Same | same | gelijk | 7.1 | 1.3
         Date of birth | Geboortedatum | 1984-03-12 | 1984-03-12 | Same | same | gelijk | 10.2 | 0
         Address | Adres | Kerkstraat 12 A, 3581 RC Utrecht | Biltstraat 40, 3572 BB Utrecht | Different | same city | zelfde plaats | -2.4 | 0
         E-mail | E-mail | sanne.dewit@post.example | sanne.dewit@post.example | Same | same | gelijk | 12.8 | 0.4
         Phone | Telefoon | +31 6 55501234 | | Silent | missing | ontbreekt | 0 | 0",
        "same e-mail | zelfde e-mail | SameKey
         same date of birth and family name | zelfde geboortedatum en achternaam | SameKey
         same phone | zelfde telefoon | MissingKey
         same postal code and house number | zelfde postcode en huisnummer | DifferentKeys",
    )
}

/// An assessment of three files.
pub fn assessment() -> Assessment {
    let files = vec![
        file("crm_export.csv", "crm", FileKind::Csv, 18_402, 3, crm_columns()),
        file("erp_klanten.txt", "erp", FileKind::Csv, 16_950, 0, erp_columns()),
        file("webshop.jsonl.gz", "shop", FileKind::JsonLines, 14_310, 1, shop_columns()),
    ];
    let finding = |code, column: &str, file, records| Fix {
        problem: Problem::Finding(code),
        file: Some(file),
        column: Some(column.into()),
        records,
    };
    let plain = |problem, file, records| Fix { problem, file: Some(file), column: None, records };
    Assessment {
        made_at: Some(Moment(1_772_546_700)),
        attributes: AttributeSet::builtin(),
        files,
        matching: vec![
            matching_report(),
            MatchingReport {
                entity_type: EntityType::Organisation,
                records: 3_450,
                entities: 2_020,
                potential_matches: 16,
                largest_clusters: Vec::new(),
                weakest_clusters: Vec::new(),
                heaviest_potential: Vec::new(),
                ..matching_report()
            },
        ],
        duplicates: DuplicateMatrix {
            within: vec![2_104, 1_377, 640],
            between: vec![(0, 1, 9_870), (0, 2, 6_204), (1, 2, 4_411)],
        },
        cluster_sizes: vec![
            (1, 10_904),
            (2, 9_217),
            (3, 4_540),
            (4, 1_122),
            (5, 287),
            (6, 48),
            (7, 9),
            (8, 2),
        ],
        findings: vec![
            (FindingCode::Placeholder, 4_120),
            (FindingCode::MissingHouseNumber, 1_688),
            (FindingCode::InvalidPhone, 902),
            (FindingCode::MisspeltEmailDomain, 311),
            (FindingCode::NameConflict, 87),
            (FindingCode::CitizenNumber, 12),
        ],
        fixes: vec![
            plain(Problem::DuplicatesBetween(1), 0, 9_870),
            finding(FindingCode::Placeholder, "Telefoon", 0, 3_107),
            plain(Problem::DuplicatesWithin, 0, 2_104),
            finding(FindingCode::MissingHouseNumber, "ADRES", 1, 1_688),
            finding(FindingCode::InvalidPhone, "phone.mobile", 2, 902),
            finding(FindingCode::CitizenNumber, "Opmerking", 0, 12),
            Fix {
                problem: Problem::MostlyEmpty,
                file: Some(1),
                column: Some("GEBDAT".into()),
                records: 12_400,
            },
            plain(Problem::UnreadableRows, 0, 3),
            Fix {
                problem: Problem::UnrecognisedColumn,
                file: Some(2),
                column: Some("meta.x".into()),
                records: 14_310,
            },
        ],
        timings: vec![
            (["read".into(), "lezen".into()], Duration::from_millis(310)),
            (["clean".into(), "opschonen".into()], Duration::from_millis(640)),
            (["match".into(), "vergelijken".into()], Duration::from_millis(880)),
        ],
    }
}

fn key(text: &str) -> RecordKey {
    text.trim().parse().unwrap()
}

fn moment(days_ago: i64) -> Option<Moment> {
    Some(Moment(1_772_546_700 - days_ago * 86_400))
}

fn source(name: &str, trust: u8) -> Source {
    let column = |(column, semantic_type): (&str, SemanticType)| ColumnMapping {
        column: column.into(),
        semantic_type,
        attribute: None,
        slot: 0,
        length_max: None,
    };
    let columns = [("Achternaam", SemanticType::FamilyName), ("E-mail", SemanticType::Email)];
    Source {
        name: SourceName::new(name),
        files: vec![format!("{name}.csv")],
        format: Format::default(),
        delivery: Delivery::Full,
        trust,
        party: Party::ByValues,
        country: None,
        date_order: DateOrder::DayFirst,
        feedback: None,
        columns: columns.map(column).into(),
    }
}

/// A table: a line per row, `|` between cells.
fn table(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split('|').map(str::trim).collect())
}

fn pair(keys: &str, evidence: &str, blocking: &str) -> PairExplanation {
    let (left, right) = keys.split_once(' ').unwrap();
    let bits = |text: &str| Weight::from_bits(text.parse().unwrap());
    let evidence: Vec<Evidence> = table(evidence)
        .map(|cells| Evidence {
            comparison: cells[0].to_lowercase().replace(' ', "_"),
            label: [cells[0].into(), cells[1].into()],
            left: cells[2].into(),
            right: cells[3].into(),
            agreement: match cells[4] {
                "Same" => Agreement::Same,
                "Close" => Agreement::Close,
                "Different" => Agreement::Different,
                _ => Agreement::Silent,
            },
            level: [cells[5].into(), cells[6].into()],
            weight: bits(cells[7]),
            term_frequency: bits(cells[8]),
        })
        .collect();
    let blocking = table(blocking)
        .map(|cells| BlockingResult {
            rule: [cells[0].into(), cells[1].into()],
            found: match cells[2] {
                "SameKey" => Found::SameKey,
                "MissingKey" => Found::MissingKey,
                "BlockTooLarge" => Found::BlockTooLarge,
                _ => Found::DifferentKeys,
            },
        })
        .collect();
    let prior = Weight::from_bits(-14.2);
    let total = prior + evidence.iter().map(|step| step.weight + step.term_frequency).sum();
    PairExplanation {
        left: key(left),
        right: key(right),
        blocking,
        prior,
        evidence,
        total,
        calibrated: total,
        link_threshold: Weight::from_bits(6.5),
        review_threshold: Weight::from_bits(0.5),
        changes: Vec::new(),
        out_of_scope: None,
    }
}

/// What would change the answer: a line with comparison, level and difference each.
fn with_changes(mut pair: PairExplanation, changes: &str) -> PairExplanation {
    let change = |cells: Vec<&str>| {
        let difference = Weight::from_bits(cells[4].parse().unwrap());
        Alternative {
            comparison: cells[0].to_lowercase().replace(' ', "_"),
            label: [cells[0].into(), cells[1].into()],
            agreement: Agreement::Same,
            level: [cells[2].into(), cells[3].into()],
            difference,
            verdict: pair.verdict_at(pair.total + difference),
        }
    };
    pair.changes = table(changes).map(change).collect();
    pair
}

fn weaker_pair() -> PairExplanation {
    pair(
        "crm/1001 erp/20417",
        "Name | Naam | Sanne de Wit | S. de Wit | Close | initials agree | voorletters gelijk | 4.4 | 1.3
         Date of birth | Geboortedatum | 1984-03-12 | 1984-03-12 | Same | same | gelijk | 10.2 | 0
         Address | Adres | Kerkstraat 12 A, 3581 RC Utrecht | Kerkstraat 12, 3581 RC Utrecht | Close | same without addition | gelijk zonder toevoeging | 8.3 | 0
         E-mail | E-mail | sanne.dewit@post.example | | Silent | missing | ontbreekt | 0 | 0
         Phone | Telefoon | +31 6 55501234 | +31 30 5550199 | Different | different | verschillend | -0.6 | 0",
        "same date of birth and family name | zelfde geboortedatum en achternaam | SameKey",
    )
}

fn doubtful_pair() -> PairExplanation {
    with_changes(
        doubtful(),
        "Name | Naam | same | gelijk | 5.9
         Date of birth | Geboortedatum | same | gelijk | 10.2",
    )
}

fn doubtful() -> PairExplanation {
    pair(
        "crm/1001 crm/1002",
        "Name | Naam | Sanne de Wit | Bram de Wit | Different | same family name | zelfde achternaam | 1.2 | 1.3
         Date of birth | Geboortedatum | 1984-03-12 | | Silent | missing | ontbreekt | 0 | 0
         Address | Adres | Kerkstraat 12 A, 3581 RC Utrecht | Kerkstraat 12 A, 3581 RC Utrecht | Same | same | gelijk | 11.6 | 0
         Phone | Telefoon | +31 6 55501234 | +31 6 55501234 | Same | same | gelijk | 9.9 | -6.1",
        "same phone | zelfde telefoon | SameKey
         same postal code and house number | zelfde postcode en huisnummer | SameKey",
    )
}

fn separate_pair() -> PairExplanation {
    pair(
        "crm/1001 crm/1002",
        "Name | Naam | Sanne de Wit | Bram de Wit | Different | same family name | zelfde achternaam | 1.2 | 1.3
         Date of birth | Geboortedatum | 1984-03-12 | 1981-11-30 | Different | different | verschillend | -6.3 | 0
         Address | Adres | Kerkstraat 12 A, 3581 RC Utrecht | Kerkstraat 12 A, 3581 RC Utrecht | Same | same | gelijk | 11.6 | 0",
        "same e-mail | zelfde e-mail | MissingKey
         same date of birth and family name | zelfde geboortedatum en achternaam | DifferentKeys
         same postal code and house number | zelfde postcode en huisnummer | BlockTooLarge",
    )
}

fn summary(
    founder: &str,
    title: &str,
    address: &str,
    records: u64,
    sources: &str,
) -> CustomerSummary {
    CustomerSummary {
        id: EntityId::founded_by(&key(founder)),
        entity_type: EntityType::Person,
        title: title.into(),
        told_by: None,
        address: address.into(),
        records,
        sources: sources.split(' ').map(SourceName::new).collect(),
    }
}

fn sanne_summary() -> CustomerSummary {
    let address = "Biltstraat 40, 3572 BB Utrecht";
    let told_by = Some((AttributeId::BIRTH_DATE, "1984-03-12".into()));
    let summary = summary("crm/1001", "Sanne de Wit", address, 3, "crm erp shop");
    CustomerSummary { told_by, ..summary }
}

fn bram_summary() -> CustomerSummary {
    summary("crm/1002", "Bram de Wit", "Kerkstraat 12 A, 3581 RC Utrecht", 1, "crm")
}

/// A record: a line per column with its header, its raw value, the claims and the findings.
fn record(name: &str, days_ago: i64, lines: &str) -> RecordDetail {
    let attributes = AttributeSet::builtin();
    let mut payload = Payload::new();
    let mut columns = Vec::new();
    let mut cleaned =
        CleanRecord { entity_type: EntityType::Person, claims: Vec::new(), findings: Vec::new() };
    for (column, cells) in table(lines).enumerate() {
        let column = column as u16;
        columns.push(cells[0].to_string());
        if !cells[1].is_empty() {
            payload.push(column, cells[1]);
        }
        for claim in cells[2].split("; ").filter(|claim| !claim.is_empty()) {
            let (attribute, value) = claim.split_once('=').unwrap();
            cleaned.claims.push(Claim {
                attribute: attributes.find(attribute).unwrap(),
                slot: 0,
                value: value.into(),
                validity: Validity::Valid,
                column,
            });
        }
        let named = |code: &&FindingCode| code.name() == cells[3];
        if let Some(&code) = FindingCode::ALL.iter().find(named) {
            cleaned.findings.push(Finding::new(code, Some(column)));
        }
    }
    let record = SourceRecord { key: key(name), observed_at: moment(days_ago), payload };
    let (title, repairs) = (title(&cleaned), Vec::new());
    RecordDetail { record, columns: columns.into(), title, cleaned, repairs }
}

fn title(cleaned: &CleanRecord) -> String {
    let names =
        [AttributeId::GIVEN_NAME, AttributeId::FAMILY_NAME_PREFIX, AttributeId::FAMILY_NAME];
    let of = |name| cleaned.claims.iter().find(move |claim| claim.attribute == name);
    let words: Vec<&str> = names.into_iter().filter_map(of).map(|claim| &*claim.value).collect();
    words.join(" ")
}

fn sanne_records() -> Vec<RecordDetail> {
    vec![
        record(
            "crm/1001",
            420,
            "Klantnummer | 1001 | |
             Voornaam | Sanne | given_name=Sanne |
             Tussenvoegsel | de | family_name_prefix=de |
             Achternaam | Wit | family_name=Wit |
             Geboortedatum | 12-03-1984 | birth_date=1984-03-12 | ambiguous_date
             Adres | Kerkstr. 12a | street=Kerkstraat; house_number=12; house_number_addition=A |
             Postcode | 3581rc | postcode=3581 RC |
             Plaats | UTRECHT | city=Utrecht |
             E-mail | Sanne.deWit@post.example | email=sanne.dewit@post.example |
             Mobiel | 06-55501234 | phone=+31 6 55501234 |
             Telefoon | n.v.t. | | placeholder",
        ),
        record(
            "erp/20417",
            900,
            "KLANTNR | 20417 | |
             NAAM | MW. S. DE WIT | title=mevrouw; initials=S.; family_name_prefix=de; family_name=Wit; gender=female |
             ADRES | KERKSTRAAT 12 3581RC UTRECHT | street=Kerkstraat; house_number=12; postcode=3581 RC; city=Utrecht |
             GEBDAT | 12-03-1984 | birth_date=1984-03-12 |
             IBAN | NL02 KART 0417 1643 00 | | invalid_iban
             TEL | 030-5550199 | phone=+31 30 5550199 |",
        ),
        record(
            "shop/A-8812",
            12,
            "id | A-8812 | |
             customer.name | sanne de wit | given_name=Sanne; family_name_prefix=de; family_name=Wit |
             customer.birthdate | 1984-03-12 | birth_date=1984-03-12 |
             address.line1 | Biltstraat 40 | street=Biltstraat; house_number=40 |
             address.zip | 3572 BB | postcode=3572 BB |
             address.city | Utrecht | city=Utrecht |
             email | sanne.dewit@post.example | email=sanne.dewit@post.example |",
        ),
    ]
}

fn claim_source(name: &str, days_ago: i64) -> ClaimSource {
    ClaimSource { record: key(name), observed_at: moment(days_ago) }
}

fn golden_value(
    attribute: AttributeId,
    value: &str,
    winner: ClaimSource,
    rule: Option<SurvivorshipRule>,
    losers: &[(&str, &str, i64, Option<SurvivorshipRule>)],
) -> GoldenValue {
    let loser = |&(value, record, days_ago, rule): &(&str, &str, i64, Option<_>)| Loser {
        value: value.into(),
        source: claim_source(record, days_ago),
        rule,
    };
    GoldenValue {
        attribute,
        rank: 0,
        value: value.into(),
        winner,
        supporters: Vec::new(),
        losers: losers.iter().map(loser).collect(),
        rule,
        decided: None,
    }
}

fn sanne_golden() -> GoldenRecord {
    use AttributeId as A;
    use SurvivorshipRule::*;
    let crm = || claim_source("crm/1001", 420);
    let shop = || claim_source("shop/A-8812", 12);
    let mut birth_date = golden_value(A::BIRTH_DATE, "1984-03-12", crm(), None, &[]);
    birth_date.supporters = vec![claim_source("erp/20417", 900), shop()];
    let street_losers = [
        ("Kerkstraat", "crm/1001", 420, Some(Recency)),
        ("Kerkstraat", "erp/20417", 900, Some(Recency)),
    ];
    let mut landline = golden_value(
        A::PHONE,
        "+31 30 5550199",
        claim_source("erp/20417", 900),
        Some(Recency),
        &[],
    );
    landline.rank = 1;
    let values = vec![
        golden_value(
            A::GIVEN_NAME,
            "Sanne",
            crm(),
            Some(Completeness),
            &[("S.", "erp/20417", 900, Some(Completeness))],
        ),
        golden_value(A::FAMILY_NAME_PREFIX, "de", crm(), None, &[]),
        golden_value(A::FAMILY_NAME, "Wit", crm(), None, &[]),
        golden_value(A::GENDER, "female", claim_source("erp/20417", 900), None, &[]),
        birth_date,
        golden_value(A::STREET, "Biltstraat", shop(), Some(Recency), &street_losers),
        golden_value(
            A::HOUSE_NUMBER,
            "40",
            shop(),
            Some(Recency),
            &[("12", "crm/1001", 420, Some(Recency)), ("12", "erp/20417", 900, Some(Recency))],
        ),
        golden_value(
            A::POSTCODE,
            "3572 BB",
            shop(),
            Some(Recency),
            &[("3581 RC", "crm/1001", 420, Some(Recency))],
        ),
        golden_value(A::CITY, "Utrecht", shop(), None, &[]),
        golden_value(
            A::EMAIL,
            "sanne.dewit@post.example",
            shop(),
            None,
            &[("m.bakker@post.example", "crm/1001", 420, Some(Decision))],
        ),
        golden_value(A::PHONE, "+31 6 55501234", crm(), Some(Recency), &[]),
        landline,
    ];
    let cleared = Loser {
        value: "NL91ABNA0417164300".into(),
        source: claim_source("erp/20417", 900),
        rule: Some(Decision),
    };
    let withheld = vec![Withheld { attribute: A::IBAN, no: DecisionNo(7), losers: vec![cleared] }];
    GoldenRecord { entity_type: EntityType::Person, values, withheld }
}

/// What stewards decided about values of Sanne.
fn value_decisions() -> Vec<Decision> {
    let decision = |no, attribute: &str, record, value, steward: &str, reason: &str| {
        let settled = Settled { record: key(record), attribute: attribute.into(), slot: 0, value };
        Decision {
            no: DecisionNo(no),
            ruling: Ruling::Value(settled),
            steward: steward.into(),
            at: Moment(1_772_546_700),
            reason: reason.into(),
        }
    };
    vec![
        decision(6, "email", "crm/1001", SettledValue::None, "jan", "of her ex-husband"),
        decision(7, "iban", "erp/20417", SettledValue::None, "eva", "account was closed"),
    ]
}

/// How sure her values still are: mail to her postcode came back, and her street is known for long.
fn sanne_sure() -> Vec<Option<Sure>> {
    let sure = |value: &GoldenValue| match value.attribute {
        AttributeId::POSTCODE => {
            Some(Sure { last_seen: LastSeen::Refuted, probability: Some(0.0) })
        }
        AttributeId::STREET => {
            let last_seen = LastSeen::On(Day(20_100));
            Some(Sure { last_seen, probability: Some(0.826) })
        }
        AttributeId::PHONE => Some(Sure { last_seen: LastSeen::Never, probability: None }),
        _ => None,
    };
    sanne_golden().values.iter().map(sure).collect()
}

/// Somebody whom Sanne has to do with.
fn related_summary() -> CustomerSummary {
    summary("crm/2001", "Tom Vos", "Kerkstraat 12, 1234 AB Utrecht", 1, "crm")
}

/// Somebody at the address of Sanne.
fn neighbour_summary() -> CustomerSummary {
    summary("shop/2002", "Lotte Vos", "Kerkstraat 12, 1234 AB Utrecht", 1, "shop")
}

fn sanne() -> Customer {
    Customer {
        related: vec![related_summary()],
        household: vec![neighbour_summary()],
        decisions: value_decisions(),
        summary: sanne_summary(),
        golden: sanne_golden(),
        records: sanne_records(),
        links: vec![linked_pair(), weaker_pair()],
        potential_matches: vec![NearbyCustomer {
            other: bram_summary(),
            pair: doubtful_pair(),
            held: None,
        }],
        sure: sanne_sure(),
        findings: findings(),
        former_ids: vec![FormerId {
            id: EntityId::founded_by(&key("erp/20417")),
            since: Moment(1_772_546_700 - 30 * 86_400),
        }],
    }
}

/// The cluster of a customer; of Sanne one pair is a bridge, and a steward decided twice.
fn cluster(customer: Customer, threshold: Option<Weight>) -> Cluster {
    let Customer { summary, records, potential_matches, .. } = customer;
    let is_sanne = summary.id == sanne_summary().id;
    let link_threshold = weaker_pair().link_threshold;
    let threshold = threshold.map_or(link_threshold, |asked| asked.max(link_threshold));
    let alone = Cluster {
        summary,
        pairs: Vec::new(),
        link_threshold,
        threshold,
        groups: vec![(0..records.len()).collect()],
        rungs: Vec::new(),
        weakest_cut: None,
        ties: Vec::new(),
        kept_apart: Vec::new(),
        is_locked: false,
        decisions: Vec::new(),
        nearby: potential_matches,
        records,
    };
    if !is_sanne {
        return alone;
    }
    let pair = |left, right, role, explanation: Option<PairExplanation>| ClusterPair {
        left,
        right,
        weight: explanation.as_ref().map_or(Weight::from_bits(-3.0), |pair| pair.total),
        role,
        explanation: explanation.map(Box::new),
    };
    let (bridge, link) = (weaker_pair().total, linked_pair().total);
    let groups = match threshold {
        at if at > link => vec![vec![0], vec![1], vec![2]],
        at if at > bridge => vec![vec![0, 2], vec![1]],
        _ => vec![vec![0, 1, 2]],
    };
    let rung = |bits, groups| Rung { threshold: Weight::from_bits(bits), groups };
    let others = summary_of_namesake();
    Cluster {
        pairs: vec![
            pair(1, 2, PairRole::Apart, None),
            pair(0, 1, PairRole::Bridge, Some(weaker_pair())),
            pair(0, 2, PairRole::Link, Some(linked_pair())),
        ],
        groups,
        rungs: vec![rung(6.5, 1), rung(9.5, 2), rung(17.0, 3)],
        weakest_cut: Some(CutView {
            left: vec![key("crm/1001"), key("shop/A-8812")],
            right: vec![key("erp/20417")],
            links: 1,
            excess: bridge - link_threshold,
        }),
        ties: vec![[0, 2]],
        kept_apart: vec![KeptApart {
            customer: others,
            verdict: Verdict::Different,
            records: vec![1],
        }],
        decisions: cluster_decisions(),
        ..alone
    }
}

fn summary_of_namesake() -> CustomerSummary {
    summary("erp/901", "S. de Witte", "Dorpsweg 33, 7001 AA Doetinchem", 1, "erp")
}

fn cluster_decisions() -> Vec<Decision> {
    let decision = |no, left, right, verdict, steward: &str, reason: &str| Decision {
        no: DecisionNo(no),
        ruling: Ruling::Identity(Identity {
            left: vec![key(left)],
            right: vec![key(right)],
            verdict,
        }),
        steward: steward.into(),
        at: Moment(1_772_546_700),
        reason: reason.into(),
    };
    vec![
        decision(11, "crm/1001", "shop/A-8812", Verdict::Same, "eva", "she said so by phone"),
        decision(12, "erp/20417", "erp/901", Verdict::Different, "jan", ""),
    ]
}

/// A cluster of more records than are drawn.
fn large_cluster() -> Cluster {
    let records = (0..60).map(|number| {
        let line = "Voornaam | Kassa | given_name=Kassa |";
        record(&format!("shop/{number:02}"), 1, line)
    });
    let summary = summary("shop/large", "Kassa", "", 60, "shop");
    let cluster = cluster(Customer { records: records.collect(), ..hostile() }, None);
    Cluster { summary, ..cluster }
}

/// A customer whose every value attacks the page.
fn hostile() -> Customer {
    let attack = "<script>alert(1)</script>";
    let title = summary("crm/13", attack, "\"><img src=x onerror=alert(1)>", 1, "crm");
    let crm = claim_source("crm/13", 1);
    let value =
        golden_value(AttributeId::GIVEN_NAME, attack, crm, None, &[(attack, attack, 1, None)]);
    Customer {
        related: Vec::new(),
        household: Vec::new(),
        summary: title,
        golden: GoldenRecord {
            entity_type: EntityType::Person,
            values: vec![value],
            withheld: Vec::new(),
        },
        records: vec![record(
            "crm/13",
            1,
            "<script>alert(2)</script> | <script>alert(3)</script> | given_name=<script>alert(4)</script> |",
        )],
        links: Vec::new(),
        potential_matches: Vec::new(),
        decisions: Vec::new(),
        sure: vec![None],
        findings: Vec::new(),
        former_ids: Vec::new(),
    }
}

pub fn together() -> Comparison {
    let [left, _, right]: [RecordDetail; 3] = sanne_records().try_into().unwrap();
    Comparison {
        left: ComparedRecord { detail: left, customer: sanne_summary() },
        right: ComparedRecord { detail: right, customer: sanne_summary() },
        explanation: linked_pair(),
        standing: Standing::Together {
            chain: vec![linked_pair()],
            weakest_cut: Some(CutView {
                left: vec![key("crm/1001"), key("shop/A-8812")],
                right: vec![key("erp/20417")],
                links: 1,
                excess: Weight::from_bits(3.5),
            }),
        },
        decision: None,
    }
}

fn apart() -> Comparison {
    let left = sanne_records().swap_remove(0);
    let right = record(
        "crm/1002",
        300,
        "Klantnummer | 1002 | |
         Voornaam | Bram | given_name=Bram |
         Achternaam | de Wit | family_name_prefix=de; family_name=Wit |
         Adres | Kerkstraat 12-A | street=Kerkstraat; house_number=12; house_number_addition=A |",
    );
    Comparison {
        left: ComparedRecord { detail: left, customer: sanne_summary() },
        right: ComparedRecord { detail: right, customer: bram_summary() },
        explanation: separate_pair(),
        standing: Standing::Apart { held: None, votes: None },
        decision: Some(Verdict::Different),
    }
}

/// Each potential match as a decision of its own, the place of each its number.
fn work_items() -> Vec<WorkItem> {
    let item = |(no, pair): (usize, PotentialMatchPair)| WorkItem {
        customers: vec![pair.left, pair.right],
        assignment: assignment(&pair.pair, (no == 0).then_some("Eva")),
        since: Some(Moment(1_772_546_700 - 3 * 86_400)),
        worth_cents: (no == 0).then_some(125_050),
        pair: pair.pair,
        held: pair.held,
        place: Cursor(format!("p{}", no + 1)),
    };
    potential_matches().into_iter().enumerate().map(item).collect()
}

fn assignment(pair: &PairExplanation, owner: Option<&str>) -> Assignment {
    let pair = [pair.left.clone(), pair.right.clone()];
    Assignment { pair, owner: owner.map(String::from), snoozed_until: None }
}

fn potential_matches() -> Vec<PotentialMatchPair> {
    let other =
        summary("shop/77", "Jeroen Bakker", "Dorpsweg 3, 7001 AA Doetinchem", 2, "crm shop");
    let namesake = summary("erp/901", "J. Bakker", "Dorpsweg 33, 7001 AA Doetinchem", 1, "erp");
    let bakkers = pair(
        "shop/77 erp/901",
        "Name | Naam | Jeroen Bakker | J. Bakker | Close | initials agree | voorletters gelijk | 4.4 | -1.8
         Address | Adres | Dorpsweg 3, 7001 AA Doetinchem | Dorpsweg 33, 7001 AA Doetinchem | Close | same street | zelfde straat | 5.2 | 0
         E-mail | E-mail | j.bakker@post.example | jbakker@post.example | Close | one typo | één typefout | 7.5 | 0",
        "same postal code and family name | zelfde postcode en achternaam | SameKey",
    );
    vec![
        PotentialMatchPair {
            left: sanne_summary(),
            right: bram_summary(),
            pair: doubtful_pair(),
            held: None,
        },
        PotentialMatchPair {
            left: other,
            right: namesake,
            pair: bakkers,
            held: Some(HoldReason::Conflict(AttributeId::BIRTH_DATE)),
        },
    ]
}

fn search(page: u32) -> SearchPage {
    let value =
        |attribute, value: &str, exact| MatchedOn::Value { attribute, value: value.into(), exact };
    let hits = vec![
        Hit {
            customer: sanne_summary(),
            matched: vec![
                value(AttributeId::GIVEN_NAME, "Sanne", true),
                value(AttributeId::FAMILY_NAME, "Wit", false),
            ],
        },
        Hit {
            customer: bram_summary(),
            matched: vec![
                value(AttributeId::FAMILY_NAME, "Wit", false),
                MatchedOn::Record(key("crm/1002")),
            ],
        },
    ];
    SearchPage { hits, total: 41, page, pages: 3, is_cut: false }
}

/// The match model of persons has aged, that of organisations has not.
fn drift() -> DriftReport {
    let shift = |kind, label: [&str; 2], of: Option<&str>, shares, index, severity| Shift {
        kind,
        label: label.map(str::to_string),
        of: of.map(|of| [of.to_string(), of.to_string()]),
        shares,
        index,
        severity,
    };
    let email = ["E-mail", "E-mail"];
    let desk = Some("balie@hotel.example");
    let drift = |learnt_from, records, shifts| Drift {
        learnt_from,
        records,
        customers: 2_041,
        is_comparable: true,
        outgrown_keys: 12,
        shifts,
    };
    let of_persons = vec![
        shift(ShiftKind::Filled, email, None, [0.12, 0.71], 1.69, Severity::Strong),
        shift(ShiftKind::SharedValue, email, desk, [0.0, 0.034], 6.25, Severity::Strong),
        shift(
            ShiftKind::Values,
            ["City", "Plaats"],
            Some("Zwolle"),
            [0.021, 0.154],
            0.24,
            Severity::Moderate,
        ),
    ];
    let person = drift(18_402, 56_224, of_persons);
    let organisation = drift(4_980, 4_980, Vec::new());
    DriftReport {
        measured_at: moment(0).unwrap(),
        match_model: ModelId::of(b"drifted"),
        types: vec![
            TypeDrift { entity_type: EntityType::Person, drift: person },
            TypeDrift { entity_type: EntityType::Organisation, drift: organisation },
        ],
    }
}

/// Steps that mend values before they are cleaned.
fn repair_steps() -> Vec<ListedStep> {
    let step = |source: &str, id: &str, column: &str, verb, records| ListedStep {
        source: SourceName::new(source),
        step: RepairStep {
            id: id.into(),
            column: column.into(),
            verb,
            conditions: Vec::new(),
            by: Some("anna".into()),
            at: Some("2026-11-22".into()),
            why: None,
        },
        records,
        restless: 0,
        is_missing: records == 0,
    };
    let map = RepairVerb::Map(vec![("Adam".into(), "Amsterdam".into())]);
    let accept = RepairVerb::Accept(FindingCode::MisspeltEmailDomain);
    vec![step("crm", "r1", "plaats", map, 12), step("shop", "r1", "mail", accept, 0)]
}

/// How current the values of customers are, by what was seen and what was published.
pub fn currency() -> Currency {
    let of = |entity_type, id: AttributeId, [changes, years]: [u64; 2], counts: [u64; 3]| {
        let attributes = AttributeSet::builtin();
        let attribute = attributes.get(id);
        let published = published_change(attribute.semantic_type, entity_type).unwrap();
        let before = Decay::published(attribute.semantic_type, entity_type);
        let [values, undated, refuted] = counts;
        AttributeCurrency {
            entity_type,
            attribute: attribute.name.clone(),
            label: [attribute.english.clone(), attribute.dutch.clone()],
            published,
            decay: Decay { changes, days: years * 365, ..before },
            values,
            undated,
            refuted,
            current: (values > undated).then_some(ShareBetween {
                share: 0.744,
                low: 0.731,
                high: 0.757,
            }),
        }
    };
    use EntityType::{Organisation, Person};
    Currency {
        as_of: Some(Day(20_780)),
        attributes: vec![
            of(Person, AttributeId::EMAIL, [1_204, 4_310], [18_230, 1_402, 12]),
            of(Person, AttributeId::STREET, [0, 0], [20_112, 0, 3]),
            of(Organisation, AttributeId::PHONE, [31, 402], [918, 918, 0]),
        ],
    }
}

/// Values that are to be verified again.
pub fn unsure_values() -> Vec<UnsureValue> {
    let value = |id: AttributeId, last_seen, probability: f64, uses: &[&str]| {
        let attributes = AttributeSet::builtin();
        let attribute = attributes.get(id);
        UnsureValue {
            entity: sanne_summary().id,
            title: "Sanne de Wit".into(),
            record: key("crm/1001"),
            attribute: attribute.name.clone(),
            slot: 0,
            label: [attribute.english.clone(), attribute.dutch.clone()],
            last_seen,
            probability,
            wanted: Share(8_000),
            check: format!("{}_current", attribute.name),
            uses: uses.iter().map(ToString::to_string).collect(),
            harm: 2.0 * (1.0 - probability),
            owner: None,
        }
    };
    vec![
        value(AttributeId::EMAIL, LastSeen::Refuted, 0.0, &["email"]),
        value(AttributeId::STREET, LastSeen::On(Day(19_400)), 0.68, &["mailing", "delivery"]),
    ]
}

/// What was found out of a record's values.
pub fn confirmations() -> Vec<ConfirmationView> {
    let confirmation = |no, kind, steward: &str, reason: &str| Confirmation {
        no: ConfirmationNo(no),
        attribute: "email".into(),
        value: ValueDigest(7),
        kind,
        steward: steward.into(),
        at: Moment(1_790_000_000),
        reason: reason.into(),
    };
    let undone = Withdrawn {
        steward: "eva".into(),
        at: Moment(1_790_100_000),
        reason: "another mailbox".into(),
    };
    let bounced = confirmation(1, ConfirmationKind::Bounced, "mailer", "mailbox full");
    let said = confirmation(2, ConfirmationKind::Customer, "eva", "");
    vec![
        ConfirmationView { confirmation: said, undone: None, is_of_now: true },
        ConfirmationView { confirmation: bounced, undone: Some(undone), is_of_now: true },
    ]
}

/// A scorecard in which most is known, and something is not.
pub fn scorecard() -> Scorecard {
    let counts = |pass, fail| Counts { pass, fail, not_applicable: 12, ..Counts::default() };
    let score = |pass: u64, fail: u64| {
        let counts = counts(pass, fail);
        Score { score: counts.score(), counts }
    };
    let unverified = Counts { unverified: 21_870, ..Counts::default() };
    let tiles = |parts: [(u64, u64); 6]| -> Vec<(Tile, Score)> {
        Tile::ALL.into_iter().zip(parts.map(|(pass, fail)| score(pass, fail))).collect()
    };
    let check =
        |check: &str, attribute: &str, [pass, fail]: [u64; 2], owner: Option<&str>| CheckScore {
            check: check.into(),
            attribute: Some(attribute.into()),
            dimension: if check.ends_with("known") {
                Dimension::Completeness
            } else {
                Dimension::Validity
            },
            severity: karat_model::finding::Severity::Error,
            requirement: "present: true".into(),
            counts: counts(pass, fail),
            pass_min: Some(Share(9_800)),
            owner: owner.map(str::to_string),
        };
    let checks = |times: u64| {
        vec![
            check("email_form", "email", [9_000 * times, 120 * times], None),
            check(
                "postcode_known",
                "postcode",
                [10_000 * times, 935 * times],
                Some("Customer care"),
            ),
        ]
    };
    let uses = vec![
        UseScore {
            name: "mailing".into(),
            label: ["Mailing", "Post"].map(str::to_string),
            counts: Counts { pass: 14_001, fail: 7_869, ..Counts::default() },
            needs: vec![("postcode_known".into(), 1_870), ("city_present".into(), 12)],
        },
        UseScore {
            name: "call".into(),
            label: ["Calling", "Bellen"].map(str::to_string),
            counts: unverified,
            needs: vec![("phone_answered".into(), 0)],
        },
    ];
    let attribute = |name: Option<&str>, label: [&str; 2], pass, fail| AttributeScore {
        attribute: name.map(str::to_string),
        label: label.map(str::to_string),
        score: score(pass, fail),
    };
    let mut persons = tiles([(0, 0), (41_002, 311), (61_200, 9_870), (800, 90), (12, 18), (9, 0)]);
    persons[0].1.counts = unverified;
    let group = |source: Option<&str>, times| GroupScore {
        entity_type: EntityType::Person,
        source: source.map(SourceName::new),
        overall: score(103_023, 10_289),
        by_value: source.is_none().then(|| ValueScore {
            attribute: "turnover".into(),
            label: ["Turnover", "Omzet"].map(str::to_string),
            worth_cents: 1_204_500_000,
            right_cents: 1_140_021_050,
            unvalued: 812,
            scored: 21_870,
            alike: Some(0.873),
        }),
        tiles: persons.clone(),
        attributes: vec![
            attribute(None, ["As a whole", "Als geheel"], 21_000, 870),
            attribute(Some("postcode"), ["Postcode", "Postcode"], 20_000, 1_870),
        ],
        checks: checks(times),
        uses: if source.is_none() { uses.clone() } else { Vec::new() },
        found: Vec::new(),
    };
    let worst = |check: &str, source: Option<&str>, owner: Option<&str>, cost_cents| WorstCheck {
        check: check.into(),
        attribute: Some("postcode".into()),
        entity_type: EntityType::Person,
        source: source.map(SourceName::new),
        failed: 1_870,
        severity: karat_model::finding::Severity::Warning,
        cost_cents,
        owner: owner.map(str::to_string),
    };
    let point = |days_ago, overall, completeness, otherwise| TrendPoint {
        at: moment(days_ago).unwrap(),
        release: None,
        entity_type: EntityType::Person,
        source: None,
        overall,
        tiles: vec![(Tile::Accurate, None), (Tile::Complete, overall)],
        by_value: overall,
        weights: vec![(Dimension::Completeness, completeness), (Dimension::Validity, 1)],
        otherwise,
    };
    let entered = Entered {
        first_time_right: vec![FirstTimeRight {
            source: "shop".into(),
            channel: Channel::EntryGate,
            records: 1_240,
            right: 1_101,
            corrected: 98,
            merged: 37,
            withdrawn: 9,
            young: 402,
        }],
        friday_afternoon: vec![FridayAfternoon { source: "shop".into(), records: 100, right: 61 }],
        overrides: vec![
            OverrideCount {
                check: EntryReason::DUPLICATE.into(),
                reason_code: "not_a_duplicate".into(),
                times: 41,
                gate_was_right: Some(17),
            },
            OverrideCount {
                check: "postcode_known".into(),
                reason_code: "urgent".into(),
                times: 12,
                gate_was_right: None,
            },
        ],
    };
    Scorecard {
        as_of: Some(Day::of(moment(0).unwrap())),
        customers: vec![group(None, 2)],
        sources: vec![group(Some("crm"), 1), group(Some("shop"), 1)],
        definitions: Vec::new(),
        worst: vec![
            worst("postcode_known", None, Some("Customer care"), Some(841_500)),
            worst("email_form", Some("shop"), None, None),
        ],
        entered,
        source_trend: [(40, 0.71), (20, 0.74), (2, 0.79)]
            .map(|(days_ago, score)| TrendPoint {
                source: Some(SourceName::new("crm")),
                ..point(days_ago, Some(score), 1, None)
            })
            .into(),
        trend: vec![
            point(40, Some(0.81), 1, None),
            point(30, Some(0.84), 1, Some(Otherwise::Rules)),
            point(20, Some(0.72), 3, Some(Otherwise::Weights)),
            point(2, Some(0.91), 3, None),
        ],
    }
}

/// What was done about the fourth finding: it was sent, acknowledged, and rejected by mistake.
fn steps() -> Vec<Step> {
    let step = |no, state, reason: &str, undone| Step {
        no: StepNo(no),
        state,
        until: None,
        steward: "eva".into(),
        at: moment(2).unwrap(),
        reason: reason.into(),
        undone,
    };
    let undone =
        Withdrawn { steward: "jan".into(), at: moment(1).unwrap(), reason: "a slip".into() };
    vec![
        step(1, FindingState::Sent, "work list shop-2026-03-01.csv", None),
        step(2, FindingState::Acknowledged, "", None),
        step(3, FindingState::Rejected, "it is right", Some(undone)),
    ]
}

fn feedback() -> Vec<SourceFeedback> {
    vec![
        SourceFeedback {
            source: "crm".into(),
            owner: Some("Sales operations".into()),
            route: Some("work_list"),
            sent: 120,
            acknowledged: 90,
            fixed_in_source: 60,
            verified: 48,
            waiting: 61,
            rejected: 7,
            accepted_as_is: 4,
            recurred: 6,
            days_to_verified: Some(11.5),
        },
        SourceFeedback { source: "shop".into(), route: Some("webhook"), ..Default::default() },
    ]
}

fn findings() -> Vec<FindingView> {
    let view = |no, rule: &str, key: &str, is_of_customer: bool| {
        let key: RecordKey = key.parse().unwrap();
        let entity = EntityId::founded_by(&"crm/1001".parse().unwrap());
        let subject =
            if is_of_customer { Subject::Customer(entity) } else { Subject::Record(key.clone()) };
        FindingView {
            finding: FiledFinding {
                no: FindingNo(no),
                rule: RuleName::new(rule),
                version: RuleVersion(1),
                subject,
                attribute: Some("postcode".into()),
                slot: 0,
                record: Some(key),
                column: Some("Postcode".into()),
                value: None,
                opened_at: moment(3).unwrap(),
                closed: None,
            },
            severity: karat_model::finding::Severity::Warning,
            dimension: Dimension::Completeness,
            message: ["The postcode is not known.", "De postcode is niet bekend."]
                .map(str::to_string),
            owner: None,
            entity: Some(entity),
            title: "Sanne de Wit".into(),
            steps: Vec::new(),
            state: FeedbackState::Open,
        }
    };
    let sent = || view(4, "invalid_email", "shop/A-8812", false);
    vec![
        view(1, "postcode_known", "crm/1001", false),
        view(2, "postcode_known", "crm/1001", true),
        view(3, "postcode_known", "crm/1002", true),
        FindingView { steps: steps(), state: FeedbackState::Acknowledged, ..sent() },
        view(5, "invalid_email", "shop/A-8813", false),
    ]
}

fn source_standings() -> Vec<SourceStanding> {
    let overview = overview();
    let standing = |summary: SourceSummary| {
        let SourceSummary { name, trust, records, findings, last_load, .. } = summary;
        let days = last_load.map_or(0, |at| (moment(0).unwrap().0 - at.0) / 86_400);
        let deliveries: Vec<Moment> = (0..5).rev().filter_map(|ago| moment(days + ago)).collect();
        let told = source(name.as_str(), trust);
        let failure = (name.as_str() == "shop").then(|| LoadFailure {
            at: moment(0).unwrap(),
            message: Some("could not read shop.csv".into()),
            hint: Some("Check whether the export that writes it has finished.".into()),
        });
        SourceStanding {
            told: Some(ToldSource {
                party: told.party,
                delivery: told.delivery,
                files: told.files,
                owner: (name.as_str() == "crm").then(|| "Customer care".into()),
            }),
            trust,
            records,
            alone: Some(records / 8),
            quarantined: if name.as_str() == "shop" { 57 } else { 0 },
            findings,
            feed: Feed::of(&deliveries),
            failure,
            name,
        }
    };
    overview.sources.into_iter().map(standing).collect()
}

fn source_detail(standing: SourceStanding) -> SourceDetail {
    let seen = |filled, judged, valid, distinct| SeenColumn {
        filled,
        judged,
        valid,
        distinct,
        lengths: vec![(5, 5, filled / 2), (6, 6, filled / 4)],
        patterns: vec![("A-9999".into(), filled / 2), ("A-99999".into(), filled / 4)],
        ..SeenColumn::default()
    };
    let column = |header: &str, told, guess, seen| SourceColumn {
        header: header.into(),
        told,
        attribute: None,
        guess,
        seen: Some(seen),
    };
    let top = vec![("gold".to_string(), 8_000), ("silver".to_string(), 6_000)];
    let (id, email) = (SemanticType::SourceId, SemanticType::Email);
    let category = SemanticType::Category;
    let key = SeenColumn { is_candidate_key: true, ..seen(14_310, 0, 0, 14_310) };
    let few = SeenColumn { top, ..seen(14_000, 0, 0, 2) };
    let load = |ago, failure| SourceLoad {
        at: moment(ago).unwrap(),
        read: 14_327,
        added: 12,
        changed: 80,
        removed: 3,
        quarantined: standing.quarantined,
        failure,
    };
    let suggested = ColumnSuggestion {
        column: "mail".into(),
        attribute: "email".into(),
        word: "format".into(),
        passed: 9_970,
        because: ["Nearly all have the form.", "Bijna alle hebben de vorm."].map(Into::into),
    };
    SourceDetail {
        columns: vec![
            column("klantnr", Some(id), Some((id, 0.99)), key),
            column("mail", Some(email), Some((email, 0.97)), seen(13_000, 200, 188, 12_800)),
            column("segment", None, Some((category, 0.84)), few),
        ],
        profiled: moment(0).map(|at| (14_310, at)),
        suggested: vec![suggested],
        loads: vec![load(0, standing.failure.clone()), load(1, None)],
        standing,
    }
}

fn quarantine_page(total: u64, skipped: usize, limit: usize) -> QuarantinePage {
    let row = |at: u64| QuarantinedRow {
        file: "shop-2026-03.csv".into(),
        line: 100 + at,
        reason: "7 fields, but there are 6 columns".into(),
        masked: "A***-8***;J***;;;;t***".into(),
    };
    let rows = (0..total).skip(skipped).take(limit).map(row).collect();
    QuarantinePage { at: moment(0), rows, total }
}

fn overview() -> Overview {
    let source = |name: &str, trust, records, quarantined, findings, days_ago| SourceSummary {
        name: SourceName::new(name),
        trust,
        records,
        quarantined,
        findings,
        last_load: moment(days_ago),
    };
    let quality = |attribute, filled, valid| AttributeQuality {
        entity_type: EntityType::Person,
        attribute,
        entities: 21_870,
        filled,
        valid,
    };
    let finding = |code, records, source: &str| FindingTotal {
        code,
        records,
        worst_source: SourceName::new(source),
    };
    let kind = |entity_type, records, entities, potential_matches, precision| EntityTypeSummary {
        entity_type,
        records,
        entities,
        potential_matches,
        model: ModelId::of(&[entities as u8]),
        link_threshold: Weight::from_bits(6.5),
        review_threshold: Weight::from_bits(0.5),
        expected_precision: precision,
        expected: Expected {
            precision: precision.map(|estimate| Interval { estimate, low: 0.962, high: 0.994 }),
            recall: precision.map(|_| Interval { estimate: 0.97, low: 0.913, high: 0.989 }),
            judged: 41,
        },
        warnings: Vec::new(),
        drift: drift().of(entity_type).cloned(),
    };
    let mut organisations = kind(EntityType::Organisation, 4_980, 2_041, 16, None);
    organisations.warnings = vec![[
        "Too few pairs agree on VAT number to learn its weight; a standard weight is used.".into(),
        "Te weinig paren hebben hetzelfde btw-nummer om het gewicht te leren; er is een standaardgewicht gebruikt.".into(),
    ]];
    Overview {
        sources: vec![
            source("crm", 90, 18_402, 3, 2_140, 0),
            source("erp", 70, 16_950, 0, 6_811, 0),
            source("news", 30, 9_120, 1, 402, 12),
            source("service", 40, 2_422, 0, 1_904, 3),
            source("shop", 60, 14_310, 17, 1_377, 0),
        ],
        entity_types: vec![
            kind(EntityType::Person, 56_224, 21_870, 198, Some(0.9934)),
            organisations,
        ],
        quality: vec![
            quality(AttributeId::FAMILY_NAME, 21_866, 21_790),
            quality(AttributeId::GIVEN_NAME, 17_020, 16_800),
            quality(AttributeId::BIRTH_DATE, 12_204, 11_870),
            quality(AttributeId::POSTCODE, 20_122, 19_640),
            quality(AttributeId::EMAIL, 18_230, 17_011),
            quality(AttributeId::PHONE, 14_940, 13_120),
            quality(AttributeId::IBAN, 6_420, 6_391),
        ],
        findings: vec![
            finding(FindingCode::Placeholder, 4_120, "crm"),
            finding(FindingCode::MissingHouseNumber, 1_688, "erp"),
            finding(FindingCode::InvalidPhone, 902, "shop"),
            finding(FindingCode::MisspeltEmailDomain, 311, "news"),
        ],
        shared_values: vec![
            shared(["Phone", "Telefoon"], "+31 6 12345678", 812, 790),
            shared(["E-mail", "E-mail"], "info@winkel.example", 204, 201),
            shared(["Date of birth", "Geboortedatum"], "1900-01-01", 618, 602),
        ],
        drift_measured_at: moment(0),
        last_load: Some(LastLoad {
            at: moment(0).unwrap(),
            read: 61_204,
            added: 1_204,
            changed: 312,
            removed: 4,
            quarantined: 21,
        }),
    }
}

fn file(
    name: &str,
    source: &str,
    kind: FileKind,
    rows: u64,
    quarantined: u64,
    columns: Vec<AssessedColumn>,
) -> AssessedFile {
    let example = |line| Quarantined {
        file: name.into(),
        line,
        reason: "the row has 14 fields where the header has 11".into(),
        raw: Vec::new(),
    };
    let is_text = kind == FileKind::Csv;
    AssessedFile {
        name: name.into(),
        source: SourceName::new(source),
        kind: Some(kind),
        encoding: Some(if source == "erp" { "windows-1252" } else { "UTF-8" }.into()),
        delimiter: is_text.then_some(';'),
        bytes: rows * 112,
        rows,
        quarantined,
        quarantined_examples: (0..quarantined).map(|at| example(311 + 97 * at)).collect(),
        columns,
    }
}

fn column(
    header: &str,
    semantic_type: SemanticType,
    numbers: [u64; 4],
    flaws: [u64; 2],
    top: &str,
    pattern: &str,
) -> AssessedColumn {
    let [rows, filled, distinct, valid] = numbers;
    let top: Vec<(String, u64)> = top
        .split(", ")
        .enumerate()
        .map(|(at, value)| (value.into(), 90 / (at as u64 + 1)))
        .collect();
    AssessedColumn {
        profile: ColumnProfile {
            header: header.into(),
            rows,
            filled,
            distinct,
            sample: top.iter().map(|(value, _)| value.clone()).collect(),
            top,
            patterns: vec![(pattern.into(), filled * 3 / 4)],
            length_min_max: (1, 40),
            ..ColumnProfile::default()
        },
        semantic_type,
        confidence: if semantic_type == SemanticType::Text { 0.35 } else { 0.96 },
        valid: (semantic_type != SemanticType::Text).then_some(valid),
        placeholders: flaws[0],
        misused: flaws[1],
    }
}

fn crm_columns() -> Vec<AssessedColumn> {
    use SemanticType::*;
    let rows = 18_402;
    vec![
        column("Klantnummer", SourceId, [rows, rows, rows, rows], [0, 0], "1001, 1002", "9999"),
        column(
            "Voornaam",
            GivenName,
            [rows, 15_020, 4_210, 14_970],
            [12, 31],
            "Sanne, Bram",
            "Aaaaa",
        ),
        column(
            "Achternaam",
            FamilyName,
            [rows, 18_390, 9_874, 18_300],
            [3, 0],
            "Wit, Bakker",
            "Aaaa",
        ),
        column(
            "Geboortedatum",
            BirthDate,
            [rows, 11_204, 8_801, 10_870],
            [618, 0],
            "01-01-1900, 12-03-1984",
            "99-99-9999",
        ),
        column(
            "E-mail",
            Email,
            [rows, 14_022, 13_204, 13_611],
            [204, 8],
            "info@winkel.example",
            "a.a@a.a",
        ),
        column(
            "Telefoon",
            Phone,
            [rows, 12_110, 8_020, 8_900],
            [3_107, 44],
            "0612345678, n.v.t.",
            "99-99999999",
        ),
        column(
            "Opmerking",
            Text,
            [rows, 2_004, 1_870, 0],
            [0, 0],
            "belt liever niet",
            "aaaa aaaaaa aaaa",
        ),
    ]
}

fn erp_columns() -> Vec<AssessedColumn> {
    use SemanticType::*;
    let rows = 16_950;
    vec![
        column("KLANTNR", SourceId, [rows, rows, rows, rows], [0, 0], "20417, 20418", "99999"),
        column(
            "NAAM",
            PartyName,
            [rows, 16_950, 14_870, 16_800],
            [9, 0],
            "MW. S. DE WIT",
            "AA. A. AA AAA",
        ),
        column(
            "ADRES",
            FullAddress,
            [rows, 16_102, 15_004, 14_414],
            [120, 0],
            "KERKSTRAAT 12 3581RC UTRECHT",
            "AAAA 99 9999AA AAAA",
        ),
        column(
            "GEBDAT",
            BirthDate,
            [rows, 4_550, 4_102, 4_500],
            [0, 0],
            "12-03-1984",
            "99-99-9999",
        ),
    ]
}

fn shop_columns() -> Vec<AssessedColumn> {
    use SemanticType::*;
    let rows = 14_310;
    vec![
        column("id", SourceId, [rows, rows, rows, rows], [0, 0], "A-8812, A-8813", "A-9999"),
        column(
            "customer.name",
            FullName,
            [rows, 14_300, 12_212, 14_100],
            [41, 3],
            "sanne de wit",
            "aaaaa aa aaa",
        ),
        column(
            "phone.mobile",
            Phone,
            [rows, 9_022, 8_804, 8_120],
            [0, 12],
            "0655501234",
            "9999999999",
        ),
        column("meta.x", Text, [rows, 14_310, 3, 0], [0, 0], "a, b", "a"),
    ]
}

fn cluster_record(name: &str, values: &str) -> ClusterRecord {
    let cells = table(values).next().unwrap();
    let value = |cell: &str| Some(cell.to_string()).filter(|cell| !cell.is_empty());
    ClusterRecord { key: key(name), values: cells.into_iter().map(value).collect() }
}

/// How the persons of the assessment were matched.
pub fn matching_report() -> MatchingReport {
    let hill = |bits: i32, centre: i32, width: f64, count: f64| {
        let distance = f64::from(bits - centre) / width;
        (count * (-distance * distance).exp()) as u64
    };
    let scores: Vec<(i32, u64)> = (-24..32)
        .map(|bits| (bits, hill(bits, -14, 6.0, 210_000.0) + hill(bits, 21, 5.0, 14_000.0)))
        .collect();
    MatchingReport {
        entity_type: EntityType::Person,
        records: 46_212,
        entities: 24_109,
        potential_matches: 198,
        compared: scores.iter().map(|&(_, pairs)| pairs).sum(),
        rounds: 23,
        prior: Weight::from_bits(-14.2),
        link_threshold: Weight::from_bits(6.5),
        review_threshold: Weight::from_bits(0.5),
        expected_precision: Some(0.9934),
        comparisons: comparisons(),
        labels: None,
        scores,
        self_weights: SelfWeights::of(
            (0..200).map(|record| Weight::from_bits(4.6 + f64::from(record) * 0.2)).collect(),
        ),
        shared_values: vec![
            shared(["E-mail", "E-mail"], "info@voorbeeld.example", 61, 48),
            shared(["Address", "Adres"], "Kerkstraat 12, 1234AB Zwolle", 25, 21),
        ],
        rules: matching_rules(),
        missed: 31.8,
        largest_clusters: vec![sanne_cluster()],
        weakest_clusters: vec![sanne_cluster()],
        heaviest_potential: vec![ReportedPair { pair: doubtful_pair(), held: None }],
        held: 3,
        cohesion: Cohesion {
            customers: 15_225,
            complete: 13_871,
            with_bridge: 214,
            with_conflict: 9,
        },
        ladders: vec![ThresholdLadder {
            records: 2_408,
            threshold: Weight::from_bits(9.5),
            clusters: 611,
        }],
        warnings: Vec::new(),
    }
}

fn sanne_cluster() -> ReportedCluster {
    let edge = |left, right, bits: f64, holds| ClusterEdge {
        left,
        right,
        weight: Weight::from_bits(bits),
        holds,
    };
    ReportedCluster {
        entity_type: EntityType::Person,
        size: 8,
        attributes: vec![
            AttributeId::GIVEN_NAME,
            AttributeId::FAMILY_NAME,
            AttributeId::BIRTH_DATE,
            AttributeId::EMAIL,
        ],
        records: vec![
            cluster_record("crm/1001", "Sanne | Wit | 1984-03-12 | sanne.dewit@post.example"),
            cluster_record("erp/20417", "S | Wit | 1984-03-12 |"),
            cluster_record("shop/A-8812", "Sanne | Wit | 1984-03-12 | sanne.dewit@post.example"),
        ],
        edges: vec![
            edge(1, 2, 3.1, false),
            edge(0, 1, weaker_pair().total.bits(), true),
            edge(0, 2, linked_pair().total.bits(), true),
        ],
        links: vec![linked_pair(), weaker_pair()],
        quality: ClusterQuality {
            records: 8,
            sources: 3,
            pairs: 28,
            links: 19,
            weakest_link: weaker_pair().total,
            bridges: 1,
            weakest_cut: Weight::from_bits(3.5),
            conflicts: Vec::new(),
        },
        weakest_cut: Some(ReportedCut {
            side: vec![key("erp/20417")],
            others: 7,
            links: 1,
            excess: Weight::from_bits(3.5),
        }),
        conflicts: vec![ReportedConflict {
            attribute: AttributeId::BIRTH_DATE,
            left: (key("crm/1001"), "1984-03-12".into()),
            right: (key("erp/20417"), "1961-07-30".into()),
        }],
    }
}

fn releases() -> Vec<ReleaseView> {
    let release = |no: u32, days_ago: i64, reason: ReleaseReason, by: Option<&str>| ReleaseView {
        no,
        at: moment(days_ago),
        reason,
        by: by.map(str::to_string),
        match_model: format!("m{no}"),
    };
    vec![
        release(1, 40, ReleaseReason::First, None),
        release(2, 3, ReleaseReason::Thresholds, Some("eva")),
    ]
}

fn rules_in_force(is_unpublished: bool) -> Rules {
    let report = matching_report();
    let threshold = |weight: Weight| Threshold { weight, probability: weight.probability() };
    let of_persons = MatchRules {
        entity_type: EntityType::Person,
        model: ModelId::of_text("m2"),
        learnt_from: 61_204,
        prior: report.prior,
        link: threshold(report.link_threshold),
        review: threshold(report.review_threshold),
        comparisons: report.comparisons,
        blocking: report.rules.into_iter().map(|rule| rule.label).collect(),
        warnings: report.warnings,
    };
    let trust = [("crm", 90), ("erp", 70), ("shop", 60), ("service", 40), ("news", 30)];
    Rules {
        release: releases().pop(),
        is_unpublished,
        types: vec![of_persons],
        trust: trust.map(|(name, trust)| (SourceName::new(name), trust)).into(),
        shared_values: report.shared_values,
    }
}

/// Comparisons: a line per level with its weight, m, u, the share of a household, and the range of
/// rarity.
fn comparisons() -> Vec<ComparisonFigures> {
    let comparison = |english: &str, dutch: &str, levels: &str| ComparisonFigures {
        label: [english.into(), dutch.into()],
        levels: table(levels).map(level_figures).collect(),
    };
    vec![
        comparison(
            "Name",
            "Naam",
            "same | gelijk | 7.1 | 0.612 | 0.0045 | 0.004 | -3 | 5.5
             initials agree | voorletters gelijk | 4.4 | 0.214 | 0.0102 | 0.012 | |
             same family name | zelfde achternaam | 1.2 | 0.143 | 0.062 | 0.81 | |
             different | verschillend | -4.9 | 0.031 | 0.9233 | 0.174 | |",
        ),
        comparison(
            "Date of birth",
            "Geboortedatum",
            "same | gelijk | 10.2 | 0.942 | 0.0008 | 0.002 | |
             one digit differs | één cijfer anders | 4.8 | 0.046 | 0.0017 | 0.003 | |
             different | verschillend | -6.3 | 0.012 | 0.9975 | 0.995 | |",
        ),
        comparison(
            "E-mail",
            "E-mail",
            "same | gelijk | 12.8 | 0.701 | 0.0001 | 0.11 | -6.1 | 2.4
             one typo | één typefout | 7.5 | 0.034 | 0.0002 | 0.001 | |
             different | verschillend | -1.1 | 0.265 | 0.9997 | 0.889 | |",
        ),
    ]
}

fn level_figures(cells: Vec<&str>) -> LevelFigures {
    let number = |cell: usize| -> f64 { cells[cell].parse().unwrap() };
    let range = || [number(6), number(7)].map(Weight::from_bits);
    LevelFigures {
        label: [cells[0].into(), cells[1].into()],
        weight: Weight::from_bits(number(2)),
        offset: Weight::ZERO,
        m: number(3),
        u: number(4),
        household: Some(number(5)),
        rarity: (!cells[6].is_empty()).then(range),
    }
}

fn matching_rules() -> Vec<RuleReport> {
    let rows = table(
        "same e-mail | e-mail gelijk | 35213 | 0 | 0 | 21877 | 14 | 6102 | 811.4
         same phone | telefoon gelijk | 30408 | 12 | 0 | 48102 | 88 | 20310 | 402.7
         same date of birth | geboortedatum gelijk | 28144 | 904 | 311 | 402335 | 250 | 377020 | 96.2",
    );
    let rule = |cells: Vec<&str>| {
        let number = |cell: usize| cells[cell].parse().unwrap();
        RuleReport {
            label: [cells[0].into(), cells[1].into()],
            keyed: number(2),
            refined: number(3),
            left_out: number(4),
            pairs: number(5),
            largest: number(6),
            marginal: number(7),
            matches_only_here: cells[8].parse().unwrap(),
        }
    };
    rows.map(rule).collect()
}

/// A value that so many records and customers have.
fn shared(label: [&str; 2], value: &str, records: u64, customers: u64) -> SharedValue {
    let rarest = Weight::from_bits(13.4);
    let weight = rarest - Weight::from_bits((customers as f64).log2());
    let label = label.map(str::to_string);
    SharedValue { label, value: value.into(), records, customers, weight, rarest }
}
