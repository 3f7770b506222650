//! One cluster: its records, what holds them together, and by which pair it hangs.

use askama::Template;
use karat_hub::matching_report::{ClusterEdge, ClusterRecord, ReportedCluster, ReportedCut};
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::id::RecordKey;

use super::mask::{mask, shown};
use crate::chart::{Edge, Network, Node, Waterfall};
use crate::locale::Locale;

/// A cluster to fold open.
#[derive(Template)]
#[template(path = "report/cluster.html")]
pub(super) struct ClusterCard<'a> {
    /// The language.
    pub text: Locale,
    /// The attributes that ids in the cluster stand for.
    pub attributes: &'a AttributeSet,
    /// Whether values are masked.
    pub masked: bool,
    /// The cluster.
    pub cluster: &'a ReportedCluster,
    /// Which of its pairs are explained.
    pub explained: Explained,
    /// Whether it stands open.
    pub is_open: bool,
}

/// Which pairs of a cluster are explained.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Explained {
    /// All that hold it together, strongest first.
    Links,
    /// Only the weakest of them.
    WeakestLink,
}

impl ClusterCard<'_> {
    fn explained(&self) -> &[PairExplanation] {
        let links = &self.cluster.links;
        match self.explained {
            Explained::Links => links,
            Explained::WeakestLink => &links[links.len().saturating_sub(1)..],
        }
    }

    fn link_threshold(&self) -> Option<Weight> {
        self.cluster.weakest_link().map(|link| link.link_threshold)
    }

    /// How many of the pairs shown weigh too little to be linked by themselves.
    fn not_linked(&self) -> usize {
        let is_light = |edge: &&ClusterEdge| Some(edge.weight) < self.link_threshold();
        self.cluster.edges.iter().filter(is_light).count()
    }

    /// Two records have one pair, of which the waterfall tells more.
    fn has_network(&self) -> bool {
        self.cluster.records.len() > 2
    }

    fn network(&self) -> String {
        let text = self.text;
        let Some(weakest) = self.cluster.weakest_link() else { return String::new() };
        let key = |at: usize| &self.cluster.records[at].key;
        let is_weakest = |edge: &&ClusterEdge| {
            [key(edge.left), key(edge.right)] == [&weakest.left, &weakest.right]
        };
        let weakest_link = self.cluster.edges.iter().find(is_weakest);
        let class = |edge: &ClusterEdge| match edge {
            edge if Some(edge) == weakest_link => Some("weakest"),
            edge if edge.holds => Some("holds"),
            edge if edge.weight >= weakest.link_threshold => Some("linked"),
            edge if edge.weight >= weakest.review_threshold => Some("unsure"),
            _ => None,
        };
        let edge = |edge: &ClusterEdge| Edge {
            left: edge.left,
            right: edge.right,
            weight: edge.weight,
            class: class(edge),
            label: if Some(edge) == weakest_link { text.bits(edge.weight) } else { String::new() },
            sign: "",
        };
        let records = self.cluster.records.iter().enumerate();
        let nodes =
            records.map(|(at, record)| Node::numbered(at, record.key.to_string())).collect();
        Network { nodes, edges: self.cluster.edges.iter().map(edge).collect() }.draw(&format!(
            "{} {} bits",
            text.say(
                "records by what holds them together; the weakest link weighs",
                "records naar wat ze bijeenhoudt; de zwakste schakel weegt"
            ),
            text.bits(weakest.total),
        ))
    }

    /// The smaller side of a cut: the records that are shown by their numbers, and how many others.
    fn side(&self, cut: &ReportedCut) -> String {
        let number =
            |key: &RecordKey| self.cluster.records.iter().position(|record| record.key == *key);
        let known: Vec<String> =
            cut.side.iter().filter_map(number).map(|at| self.text.count(at + 1)).collect();
        let more = cut.side.len() - known.len();
        let records = self.text.say("no.", "nr.");
        match (known.is_empty(), more) {
            (false, 0) => format!("{records} {}", known.join(", ")),
            (true, more) => self.text.records(more),
            (false, more) => {
                let others = self.text.say("others", "andere");
                format!("{records} {}, {} {others}", known.join(", "), self.text.count(more))
            }
        }
    }

    /// A value as people read it, masked if asked.
    fn said(&self, attribute: &AttributeId, value: &str) -> String {
        match self.masked {
            true => mask(value),
            false => {
                let attribute = self.attributes.get(*attribute);
                self.text.value(attribute.semantic_type, value)
            }
        }
    }

    /// A record: its values as people read them, masked if asked.
    fn cells(&self, record: &ClusterRecord) -> Vec<String> {
        let cell = |(attribute, value): (&AttributeId, &Option<String>)| {
            self.said(attribute, value.as_deref().unwrap_or_default())
        };
        let filled = self.filled();
        let values = self.cluster.attributes.iter().zip(&record.values);
        values.filter(|(attribute, _)| filled.contains(attribute)).map(cell).collect()
    }

    /// The attributes of which some record has a value.
    fn filled(&self) -> Vec<&AttributeId> {
        let records = &self.cluster.records;
        let has_value =
            |at: usize| records.iter().any(|record| matches!(record.values.get(at), Some(Some(_))));
        let attributes = self.cluster.attributes.iter().enumerate();
        attributes.filter(|(at, _)| has_value(*at)).map(|(_, attribute)| attribute).collect()
    }

    fn waterfall<'b>(&self, pair: &'b PairExplanation) -> Waterfall<'b> {
        Waterfall::of(pair, self.text, shown(self.masked))
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn card(explained: Explained) -> String {
        card_of(&fixture::matching_report().largest_clusters[0], explained)
    }

    fn card_of(cluster: &ReportedCluster, explained: Explained) -> String {
        let attributes = AttributeSet::builtin();
        let card = ClusterCard {
            text: Locale::of(Language::English),
            attributes: &attributes,
            masked: false,
            cluster,
            explained,
            is_open: true,
        };
        card.to_string()
    }

    #[test]
    fn the_weakest_link_is_marked_once_and_weighed() {
        let card = card(Explained::Links);
        assert_eq!(card.matches(r#"class="edge weakest""#).count(), 1, "{card}");
        assert!(card.contains(r#"class="edge holds""#));
        assert!(card.contains("Pairs too light to be linked by themselves: 1 of 3"), "{card}");
    }

    #[test]
    fn where_it_would_break_and_what_contradicts_itself_are_told() {
        let card = card(Explained::Links);
        for told in [
            "Linked pairs: 19 of 28 (67.9%)",
            "It would break first between no. 2 and the other 7: 1 link, together +3.5 bits",
            "Contradicts itself:</b> Date of birth 12 Mar 1984",
        ] {
            assert!(card.contains(told), "{told}: {card}");
        }
    }

    #[test]
    fn all_links_are_explained_or_only_the_weakest() {
        let waterfalls = |card: String| card.matches(r#"<div class="waterfall">"#).count();
        assert_eq!(waterfalls(card(Explained::Links)), 2);
        assert_eq!(waterfalls(card(Explained::WeakestLink)), 1);
    }

    #[test]
    fn two_records_need_no_drawing() {
        let mut cluster = fixture::matching_report().largest_clusters.remove(0);
        assert!(card_of(&cluster, Explained::Links).contains("<circle"));
        cluster.records.truncate(2);
        assert!(!card_of(&cluster, Explained::Links).contains("<circle"));
    }
}
