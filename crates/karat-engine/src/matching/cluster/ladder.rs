//! Divides a component that is too large to look at as a whole.
//!
//! ```text
//! +3 bits   o-o-o   o-o     o-o-o     parts that are small enough: divided by themselves,
//! +2 bits     |       |               each cluster then one node
//! +1 bit      o-------o-----o
//! threshold   |             |         all nodes together: clusters join as long as the votes of
//!             o             o         all links between them are positive
//! ```
//!
//! The threshold is raised bit by bit until no part is too large. What is strongly linked finds
//! itself first, so that weak links cannot chain strangers; records that hang by weak links join
//! afterwards.
//!
//! Source of the idea: the retries of dedupe (Forest Gregg and Derek Eder) on components that are
//! too large.

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;

use super::Edge;
use super::component::{Component, Vote};
use super::constraints::{Side, sides_of};
use super::union_find::UnionFind;

/// A component of more records is divided by the ladder.
pub(super) const COMPONENT_MAX: usize = 2_000;

/// A component that was divided by raising the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThresholdLadder {
    /// How many records it had.
    pub records: u32,
    /// The threshold from which all parts were small enough.
    pub threshold: Weight,
    /// In how many clusters it ended.
    pub clusters: u32,
}

/// Divides a component; gives per member the place of the first member of its cluster, and how far
/// the threshold had to be raised.
pub(super) fn divide(
    component: &Component,
    threshold: Weight,
    vote: &mut Vote,
) -> (Vec<u32>, ThresholdLadder) {
    let (parts, threshold) = parts(component, threshold);
    let mut clusters = component.votes(vote).contraction();
    for (place, side) in component.sides_of_places() {
        clusters.put_on(place, side);
    }
    for part in &parts {
        let members: Vec<RecordNo> =
            part.iter().map(|&place| component.members[place as usize]).collect();
        let within = |left, right| {
            members.binary_search(&left).is_ok() && members.binary_search(&right).is_ok()
        };
        let links = links_of(component, part).filter(|link| within(link.left, link.right));
        let links: Vec<Edge> = links.copied().collect();
        let same = component.same.iter().copied().filter(|&(left, right)| within(left, right));
        let same: Vec<(RecordNo, RecordNo)> = same.collect();
        let sides = members.iter().flat_map(|&member| sides_of(component.sides, member));
        let sides: Vec<(RecordNo, Side)> = sides.copied().collect();
        let part_component =
            Component { members: &members, links: &links, same: &same, sides: &sides };
        for (&place, first) in part.iter().zip(part_component.divide(vote)) {
            clusters.join(part[first as usize], place);
        }
    }
    clusters.contract_all();
    let firsts = clusters.firsts();
    let count = (0..).zip(&firsts).filter(|(place, first)| place == *first).count();
    let records = component.members.len() as u32;
    (firsts, ThresholdLadder { records, threshold, clusters: count as u32 })
}

/// The links that begin at these records; those of a record stand side by side.
fn links_of<'a>(component: &'a Component, part: &'a [u32]) -> impl Iterator<Item = &'a Edge> {
    part.iter().flat_map(|&place| {
        let record = component.members[place as usize];
        let start = component.links.partition_point(|link| link.left < record);
        component.links[start..].iter().take_while(move |link| link.left == record)
    })
}

/// The parts that hang together at the lowest threshold at which all of them are small enough, by
/// the places of their records. Records that belong together stay so, whatever their number.
fn parts(component: &Component, mut threshold: Weight) -> (Vec<Vec<u32>>, Weight) {
    const STEP: Weight = Weight(256);
    let heaviest = component.links.iter().map(|link| link.weight).max().unwrap_or(threshold);
    loop {
        threshold += STEP;
        let mut sets = UnionFind::new(component.members.len());
        let strong = component.links.iter().filter(|link| link.weight >= threshold);
        let strong = strong.map(|link| (link.left, link.right));
        for (left, right) in strong.chain(component.same.iter().copied()) {
            if let Some((left, right)) = component.place(left).zip(component.place(right)) {
                sets.join(left, right);
            }
        }
        let parts = sets.sets();
        let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
        if largest <= COMPONENT_MAX || threshold > heaviest {
            return (parts, threshold);
        }
    }
}
