//! The cluster of a customer: what holds its records together, and how they would fall apart.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::decision::{Decision, Identity, Ruling, Standing};
use karat_model::evidence::{Verdict, Weight};
use karat_model::id::{EntityId, RecordKey};
use karat_store::{Reader, Resolution, StoredEntity};

use super::StoredHub;
use super::customer::NEARBY_MAX;
use super::rematch::Rematch;
use crate::error::Error;
use crate::view::{
    Cluster, ClusterLookup, ClusterPair, CutView, KeptApart, PairRole, RecordDetail, Rung,
};

/// How many pairs are explained.
const EXPLAINED_MAX: usize = 200;
/// How many customers that it is not are told.
const KEPT_APART_MAX: usize = 20;

impl StoredHub {
    pub(super) fn read_cluster(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        threshold: Option<Weight>,
    ) -> Result<ClusterLookup, Error> {
        Ok(match (reader.resolve(id)?, reader.entity(id)?) {
            (Resolution::Redirected(to), _) => ClusterLookup::RedirectedTo(to),
            (Resolution::Retired, _) => ClusterLookup::Retired,
            (Resolution::Live, Some(entity)) => {
                ClusterLookup::Found(Box::new(self.cluster_of(reader, &entity, threshold)?))
            }
            _ => ClusterLookup::Unknown,
        })
    }

    fn cluster_of(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        threshold: Option<Weight>,
    ) -> Result<Cluster, Error> {
        let records = self.details(&reader.sources()?, reader.records_of(entity.id)?);
        let places = Places::of(&records);
        let (decisions, standing) = decided(reader, &places)?;
        let ties = ties(&decisions, &places);
        let weighed = self.rematch(reader, entity.entity_type, &records, |rematch| {
            Weighed::of(rematch, &records, &standing, &ties, threshold)
        })?;
        let weighed = weighed.unwrap_or_default();
        Ok(Cluster {
            summary: self.summary(reader, entity)?,
            pairs: weighed.pairs,
            link_threshold: weighed.link_threshold,
            threshold: weighed.threshold,
            groups: weighed.groups,
            rungs: weighed.rungs,
            weakest_cut: weighed.weakest_cut,
            kept_apart: self.kept_apart(reader, entity, &decisions, &places)?,
            is_locked: !standing.locked.is_empty(),
            nearby: self.nearby_of(reader, entity, 0, NEARBY_MAX)?.items,
            ties,
            decisions,
            records,
        })
    }

    /// The customers that decisions keep some records from, in order of their ids.
    fn kept_apart(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        decisions: &[Decision],
        places: &Places,
    ) -> Result<Vec<KeptApart>, Error> {
        let mut apart: BTreeMap<(EntityId, Verdict), BTreeSet<usize>> = BTreeMap::new();
        for (left, right, verdict) in decisions.iter().filter_map(sides_apart) {
            for (own, other) in [(&left, &right), (&right, &left)] {
                let own: Vec<usize> = own.iter().filter_map(|key| places.find(key)).collect();
                let others = other.iter().filter(|key| places.find(key).is_none());
                for key in others.filter(|_| !own.is_empty()) {
                    let Some(customer) = reader.entity_of(key)? else { continue };
                    apart.entry((customer, verdict)).or_default().extend(&own);
                }
            }
        }
        let mut kept = Vec::new();
        for ((id, verdict), records) in apart {
            let customer = self.summary_of(reader, id)?.filter(|_| id != entity.id);
            let records = records.into_iter().collect();
            kept.extend(customer.map(|customer| KeptApart { customer, verdict, records }));
            if kept.len() >= KEPT_APART_MAX {
                break;
            }
        }
        Ok(kept)
    }
}

/// What comparing the records says.
#[derive(Default)]
struct Weighed {
    pairs: Vec<ClusterPair>,
    link_threshold: Weight,
    threshold: Weight,
    groups: Vec<Vec<usize>>,
    rungs: Vec<Rung>,
    weakest_cut: Option<CutView>,
}

impl Weighed {
    fn of(
        rematch: &mut Rematch,
        records: &[RecordDetail],
        standing: &Standing,
        ties: &[[usize; 2]],
        threshold: Option<Weight>,
    ) -> Weighed {
        let link_threshold = rematch.link_threshold();
        let threshold = threshold.map_or(link_threshold, |asked| asked.max(link_threshold));
        let mut pairs = rematch.pairs();
        explain(rematch, records, ties, &mut pairs);
        Weighed {
            pairs,
            link_threshold,
            threshold,
            groups: groups(rematch, threshold, standing),
            rungs: rungs(rematch, standing),
            weakest_cut: rematch.cut(),
        }
    }
}

/// Explains the pairs that do something, the most needed first, and those that a steward said to be
/// the same.
fn explain(
    rematch: &Rematch,
    records: &[RecordDetail],
    ties: &[[usize; 2]],
    pairs: &mut [ClusterPair],
) {
    let is_told = |pair: &&mut ClusterPair| {
        pair.role < PairRole::Apart || ties.contains(&[pair.left, pair.right])
    };
    let mut told: Vec<&mut ClusterPair> = pairs.iter_mut().filter(is_told).collect();
    told.sort_by_key(|pair| pair.role);
    for pair in told.into_iter().take(EXPLAINED_MAX) {
        let [left, right] = [pair.left, pair.right].map(|place| &records[place].record.key);
        pair.explanation = Some(Box::new(rematch.explain_together(left, right)));
    }
}

/// The groups that the records fall into; a customer of very many is one group, undivided.
fn groups(rematch: &mut Rematch, threshold: Weight, standing: &Standing) -> Vec<Vec<usize>> {
    let records = rematch.records();
    match records <= Cluster::WEIGHED_MAX {
        true => rematch.divided(threshold, standing),
        false => vec![(0..records).collect()],
    }
}

/// The thresholds, in half bits above the link threshold, from which on the records fall into more
/// groups: they are looked for just above what each link of the heaviest tree weighs, as no higher
/// threshold leaves that link.
fn rungs(rematch: &mut Rematch, standing: &Standing) -> Vec<Rung> {
    let records = rematch.records();
    if !(2..=Cluster::DRAWN_MAX).contains(&records) {
        return Vec::new();
    }
    let link_threshold = rematch.link_threshold();
    let links = rematch.link_weights().into_iter().filter(|weight| *weight >= link_threshold);
    let above: BTreeSet<Weight> = links.map(next_half_bit).collect();
    let mut rungs: Vec<Rung> = Vec::new();
    for threshold in std::iter::once(link_threshold).chain(above) {
        let groups = rematch.divided(threshold, standing).len();
        if rungs.last().is_none_or(|last| last.groups != groups) {
            rungs.push(Rung { threshold, groups });
        }
    }
    rungs
}

/// The first half of a bit that is more than this.
fn next_half_bit(weight: Weight) -> Weight {
    let half = Weight::from_bits(0.5).0;
    Weight((weight.0.div_euclid(half) + 1) * half)
}

/// The places of the records of a customer, by their keys.
struct Places<'r>(BTreeMap<&'r RecordKey, usize>);

impl Places<'_> {
    fn of(records: &[RecordDetail]) -> Places<'_> {
        Places(records.iter().map(|detail| &detail.record.key).zip(0..).collect())
    }

    fn find(&self, key: &RecordKey) -> Option<usize> {
        self.0.get(key).copied()
    }
}

/// The decisions about who some records are that stand, and what they come to for them.
fn decided(reader: &dyn Reader, places: &Places) -> Result<(Vec<Decision>, Standing), Error> {
    let journal = reader.decisions()?.into_iter().filter(|entry| entry.undone.is_none());
    let mut decisions: Vec<Decision> = journal.map(|entry| entry.decision).collect();
    let standing = Standing::of(&decisions);
    decisions.retain(|decision| {
        let is_of_value = matches!(decision.ruling, Ruling::Value(_));
        let is_overruled = standing.overruled.iter().any(|overruled| overruled.no == decision.no);
        let mut records = decision.ruling.records();
        !is_of_value && !is_overruled && records.any(|key| places.find(key).is_some())
    });
    Ok((decisions, standing.of_records(places.0.keys().copied())))
}

/// The pairs of records that decisions say to be the same, in order.
fn ties(decisions: &[Decision], places: &Places) -> Vec<[usize; 2]> {
    let mut ties = BTreeSet::new();
    for decision in decisions {
        let (left, right) = match &decision.ruling {
            Ruling::Identity(Identity { left, right, verdict: Verdict::Same }) => {
                (left.as_slice(), right)
            }
            Ruling::Move { record, to, .. } => (std::slice::from_ref(record), to),
            _ => continue,
        };
        for one in left.iter().filter_map(|key| places.find(key)) {
            let others = right.iter().filter_map(|key| places.find(key));
            let pairs = others.filter(|other| *other != one);
            ties.extend(pairs.map(|other| [one.min(other), one.max(other)]));
        }
    }
    ties.into_iter().collect()
}

/// The two sides that a decision keeps apart, and how; `None` if it keeps none apart.
fn sides_apart(decision: &Decision) -> Option<(Vec<RecordKey>, Vec<RecordKey>, Verdict)> {
    match &decision.ruling {
        Ruling::Identity(Identity { left, right, verdict }) if verdict.keeps_apart() => {
            Some((left.clone(), right.clone(), *verdict))
        }
        Ruling::Move { record, from, .. } => {
            let left = from.iter().filter(|one| *one != record).cloned().collect();
            Some((vec![record.clone()], left, Verdict::Different))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::decision::DecisionNo;
    use karat_model::record::Moment;

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::{HUB, World};
    use crate::view::{Change, ChangeRequest, HubReader};

    fn key(id: &str) -> RecordKey {
        format!("crm/{id}").parse().unwrap()
    }

    fn keys(ids: &[&str]) -> Vec<RecordKey> {
        ids.iter().map(|id| key(id)).collect()
    }

    fn decide(world: &World, ruling: Ruling) {
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        let (steward, reason) = ("eva".to_string(), String::new());
        let change = Change::Decide { rulings: vec![ruling], steward, reason };
        let request = ChangeRequest::of(change);
        writer.change(&[request]).pop().unwrap().unwrap();
        writer.close().unwrap();
    }

    fn identity(left: &[&str], right: &[&str], verdict: Verdict) -> Ruling {
        Ruling::Identity(Identity { left: keys(left), right: keys(right), verdict })
    }

    fn cluster_of(world: &World, id: &str, bits: Option<f64>) -> Cluster {
        let hub = world.hub().reader().unwrap();
        let id = hub.entity_of(&key(id)).unwrap().unwrap();
        let found = hub.cluster(id, bits.map(Weight::from_bits)).unwrap();
        let ClusterLookup::Found(cluster) = found else { panic!("{found:?}") };
        *cluster
    }

    /// The ids of the records, in the groups that they fall into.
    fn groups(cluster: &Cluster) -> String {
        let id = |place: &usize| cluster.records[*place].record.key.id.to_string();
        let group = |group: &Vec<usize>| group.iter().map(id).collect::<Vec<_>>().join(" ");
        cluster.groups.iter().map(group).collect::<Vec<_>>().join(" | ")
    }

    /// Whether links other than this one connect all records.
    fn connects_without(cluster: &Cluster, without: &ClusterPair) -> bool {
        let mut reached = BTreeSet::from([0]);
        let links = cluster.pairs.iter().filter(|pair| pair.role <= PairRole::Link);
        let links: Vec<&ClusterPair> = links.filter(|pair| *pair != without).collect();
        for _ in &cluster.records {
            for link in &links {
                if reached.contains(&link.left) || reached.contains(&link.right) {
                    reached.extend([link.left, link.right]);
                }
            }
        }
        reached.len() == cluster.records.len()
    }

    #[test]
    fn a_bridge_is_a_link_without_which_the_customer_falls_apart() {
        let world = World::new();
        let lightest = cluster_of(&world, "0", None).pairs[0].weight.bits();
        let stricter = format!("link_threshold: {}", lightest + 0.5);
        let stricter = World::saying(&HUB.replace("link_threshold: 0", &stricter));
        decide(&stricter, identity(&["0", "b0"], &["c0"], Verdict::Same));
        let mut roles = BTreeSet::new();
        for (world, id) in [(&world, "0"), (&world, "1"), (&stricter, "0"), (&stricter, "1")] {
            let cluster = cluster_of(world, id, None);
            let records = cluster.records.len();
            assert_eq!(cluster.pairs.len(), records * (records - 1) / 2);
            assert!(cluster.pairs.is_sorted_by_key(|pair| pair.weight));
            for pair in &cluster.pairs {
                roles.insert(pair.role);
                let is_link = pair.role <= PairRole::Link;
                let is_bridge = is_link && !connects_without(&cluster, pair);
                assert_eq!(pair.role == PairRole::Bridge, is_bridge, "{id}: {:?}", pair.role);
                assert_eq!(is_link, pair.weight >= cluster.link_threshold);
                let told = pair.explanation.as_ref().map(|explanation| explanation.total);
                assert_eq!(told, (pair.role < PairRole::Apart).then_some(pair.weight));
            }
        }
        let expected = [PairRole::Bridge, PairRole::Link, PairRole::Weak];
        assert!(expected.iter().all(|role| roles.contains(role)), "{roles:?}");
    }

    #[test]
    fn records_fall_into_more_groups_at_each_rung() {
        let world = World::new();
        for id in ["0", "1", "2", "3", "4", "5"] {
            let whole = cluster_of(&world, id, None);
            assert_eq!((whole.groups.len(), whole.threshold), (1, whole.link_threshold), "{id}");
            let below = cluster_of(&world, id, Some(-50.0));
            assert_eq!((&below.groups, below.threshold), (&whole.groups, whole.link_threshold));
            let first = Rung { threshold: whole.link_threshold, groups: 1 };
            assert_eq!(whole.rungs[0], first, "{id}");
            for rung in &whole.rungs {
                let divided = cluster_of(&world, id, Some(rung.threshold.bits()));
                assert_eq!(divided.groups.len(), rung.groups, "{id}: {rung:?}");
                assert_eq!((&divided.pairs, &divided.rungs), (&whole.pairs, &whole.rungs));
            }
            let last = whole.rungs.last().unwrap();
            assert_eq!(last.groups, whole.records.len(), "{id}: none is linked at last");
            let cut = whole.weakest_cut.unwrap();
            assert_eq!(cut.left.len() + cut.right.len(), whole.records.len());
        }
    }

    #[test]
    fn what_stewards_decided_outranks_the_slider_and_is_told() {
        let world = World::new();
        let high = Some(200.0);
        let before = cluster_of(&world, "0", high);
        assert_eq!(before.groups.len(), before.records.len(), "nothing holds at so many bits");
        decide(&world, identity(&["0"], &["c0"], Verdict::Same));
        decide(&world, identity(&["b0"], &["1", "b1"], Verdict::Different));
        let cluster = cluster_of(&world, "0", high);
        assert_eq!(groups(&cluster), "0 c0 | b0");
        assert_eq!(cluster.ties, [[0, 2]]);
        let apart: Vec<(EntityId, Verdict, Vec<usize>)> = cluster
            .kept_apart
            .iter()
            .map(|kept| (kept.customer.id, kept.verdict, kept.records.clone()))
            .collect();
        let other = cluster_of(&world, "1", None);
        assert_eq!(apart, [(other.summary.id, Verdict::Different, vec![1])]);
        assert_eq!(other.kept_apart[0].customer.id, cluster.summary.id, "told on both sides");
        let told = |cluster: &Cluster| -> Vec<DecisionNo> {
            cluster.decisions.iter().map(|decision| decision.no).collect()
        };
        assert_eq!(told(&cluster), [DecisionNo(1), DecisionNo(2)]);
        assert_eq!((told(&other), other.is_locked), (vec![DecisionNo(2)], false));

        decide(&world, Ruling::Lock(keys(&["0", "b0", "c0"])));
        let locked = cluster_of(&world, "0", high);
        assert_eq!((groups(&locked).as_str(), locked.is_locked), ("0 b0 c0", true));
        // A later decision that takes its records apart overrules the lock, and what is overruled is
        // not told.
        decide(&world, identity(&["0", "c0"], &["b0"], Verdict::Different));
        let parted = cluster_of(&world, "0", None);
        assert_eq!((groups(&parted).as_str(), parted.is_locked), ("0 c0", false));
        assert_eq!(told(&parted), [DecisionNo(1), DecisionNo(4)]);
        let off = cluster_of(&world, "b0", None);
        assert_eq!(parted.kept_apart[0].customer.id, off.summary.id);
    }

    #[test]
    fn a_record_that_moved_away_is_told_to_be_kept_apart() {
        let world = World::new();
        let whole = cluster_of(&world, "0", None);
        let from = whole.records.iter().map(|detail| detail.record.key.clone()).collect();
        decide(&world, Ruling::Move { record: key("b0"), from, to: Vec::new() });
        let moved = cluster_of(&world, "b0", None);
        assert_eq!(
            (moved.records.len(), &moved.rungs[..], &moved.pairs[..]),
            (1, &[][..], &[][..])
        );
        assert_eq!(moved.kept_apart[0].customer.id, cluster_of(&world, "0", None).summary.id);
    }

    #[test]
    fn an_id_that_was_never_issued_has_no_cluster() {
        let world = World::new();
        let hub = world.hub().reader().unwrap();
        let lookup = hub.cluster(EntityId::from_u64(1), None).unwrap();
        assert_eq!(lookup, ClusterLookup::Unknown);
    }
}
