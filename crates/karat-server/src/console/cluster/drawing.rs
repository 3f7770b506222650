//! The drawing of a cluster: its records, what holds them together, and who stands beside them.

use karat_hub::view::{Cluster, ClusterPair, PairRole, RecordDetail};
use karat_model::evidence::Weight;

use super::{ClusterPage, Outside};
use crate::chart::{Edge, Network, Node, Shape};

impl ClusterPage {
    /// Whether there is something to draw, and not too much of it.
    pub(super) fn is_drawn(&self) -> bool {
        (2..=Cluster::DRAWN_MAX).contains(&self.cluster.records.len())
    }

    /// The drawing.
    pub(super) fn drawing(&self) -> String {
        let records = self.cluster.records.iter().enumerate().map(|(at, it)| self.node(at, it));
        let beside = self.outside.iter().map(|outside| self.node_beside(outside));
        let nodes = records.chain(beside).collect();
        let pairs = self.cluster.pairs.iter().map(|pair| self.edge(pair));
        let mut edges: Vec<Edge> = self
            .outside
            .iter()
            .enumerate()
            .flat_map(|(at, outside)| self.edges_beside(self.cluster.records.len() + at, outside))
            .collect();
        edges.extend(pairs);
        Network { nodes, edges }.draw(&self.sentence())
    }

    /// What the drawing shows, for those who do not see it; the tables below tell all of it.
    fn sentence(&self) -> String {
        format!(
            "{} {} {}",
            self.page.text.say("Drawing.", "Tekening."),
            self.hangs_by(),
            self.falls().trim_end_matches(':'),
        )
    }

    fn node(&self, at: usize, detail: &RecordDetail) -> Node {
        let group = self.group_of(&at);
        let hint = format!("{} {}", detail.record.key, detail.title);
        let numbered = Node::numbered(at, hint);
        let label = format!("{}{}", numbered.label, self.letters(&group));
        let shape = if self.is_divided() { Shape::of_group(group) } else { Shape::Dot };
        Node { label, shape, ..numbered }
    }

    fn node_beside(&self, outside: &Outside) -> Node {
        let hint = self.page.name(&outside.customer).to_string();
        Node { hint, label: outside.sign.clone(), shape: Shape::Box }
    }

    fn edge(&self, pair: &ClusterPair) -> Edge {
        let is_loose = pair.weight < self.cluster.threshold;
        let is_tied = self.is_tied(pair);
        let class = match pair.role {
            _ if is_tied => Some("tied"),
            PairRole::Bridge if is_loose => Some("bridge loose"),
            PairRole::Link if is_loose => Some("loose"),
            PairRole::Bridge => Some("bridge"),
            PairRole::Link => Some("link"),
            PairRole::Weak => Some("unsure"),
            PairRole::Apart => None,
        };
        let is_bridge = pair.role == PairRole::Bridge;
        let label = if is_bridge { self.page.text.bits(pair.weight) } else { String::new() };
        let sign = if is_tied { "=" } else { "" };
        let (left, right, weight) = (pair.left, pair.right, pair.weight);
        Edge { left, right, weight, class, label, sign }
    }

    /// The lines from the records to a customer beside them: dotted to the one that it may be,
    /// crossed to those that it is not.
    fn edges_beside(&self, node: usize, outside: &Outside) -> Vec<Edge> {
        let edge = |left, weight, class, sign| {
            let label = String::new();
            Edge { left, right: node, weight, class: Some(class), label, sign }
        };
        let mut edges = Vec::new();
        let near = outside.nearby.iter().filter_map(|nearby| {
            let is_own = |it: &RecordDetail| it.record.key == nearby.pair.left;
            let own = self.cluster.records.iter().position(is_own)?;
            Some(edge(own, nearby.pair.total, "unsure", ""))
        });
        edges.extend(near);
        if let Some((_, places)) = &outside.kept_apart {
            let lightest = self.cluster.pairs.first().map_or(Weight::ZERO, |pair| pair.weight);
            edges.retain(|near| !places.contains(&near.left));
            edges.extend(places.iter().map(|&own| edge(own, lightest, "crossed", "×")));
        }
        edges
    }
}
