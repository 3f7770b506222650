//! Networks: records as dots, and between them the pairs that hold them together.

use karat_model::evidence::Weight;

use super::svg::{Anchor, Svg};

/// Records and the pairs between them.
#[derive(Clone, Debug)]
pub struct Network {
    /// The records.
    pub nodes: Vec<Node>,
    /// Their pairs, lightest first; two without a pair lie far apart.
    pub edges: Vec<Edge>,
}

/// A record, or a customer beside it.
#[derive(Clone, Debug)]
pub struct Node {
    /// What is told of it to who points at it.
    pub hint: String,
    /// What is written on it.
    pub label: String,
    /// What it looks like.
    pub shape: Shape,
}

impl Node {
    /// A dot with a number, counted from one.
    pub fn numbered(at: usize, hint: String) -> Node {
        Node { hint, label: (at + 1).to_string(), shape: Shape::Dot }
    }
}

/// What a node looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dot, as every record of one group.
    Dot,
    /// As the records of a second group.
    Square,
    /// As the records of a third group.
    Diamond,
    /// As the records of a fourth group.
    Hexagon,
    /// What stands beside the records.
    Box,
}

impl Shape {
    /// The shape of the records of a group; the shapes come again after the fourth.
    pub fn of_group(number: usize) -> Shape {
        [Shape::Dot, Shape::Square, Shape::Diamond, Shape::Hexagon][number % 4]
    }

    /// Its class, and its outline in pixels around its middle; a dot is round.
    fn outline(self) -> Option<(&'static str, &'static str)> {
        match self {
            Shape::Dot => None,
            Shape::Square => Some(("node second", "M-13-12H13V12H-13Z")),
            Shape::Diamond => Some(("node third", "M0-18 20 0 0 18-20 0Z")),
            Shape::Hexagon => Some(("node fourth", "M-9-14H9L17 0 9 14H-9L-17 0Z")),
            Shape::Box => Some(("node beside", "M-19-11H19V11H-19Z")),
        }
    }
}

/// A pair.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The number of the one, from zero.
    pub left: usize,
    /// The number of the other.
    pub right: usize,
    /// What they weigh together.
    pub weight: Weight,
    /// The class of the line; `None` when none is drawn.
    pub class: Option<&'static str>,
    /// What is written beside the line, or nothing.
    pub label: String,
    /// The sign that stands on the line, or nothing.
    pub sign: &'static str,
}

type Point = [f64; 2];

const RADIUS: f64 = 13.0;
/// Room at both sides, in percent.
const SIDE: f64 = 7.0;
/// How high a drawing is that is as high as it is wide, and the lowest.
const HEIGHT_MAX: f64 = 300.0;
const HEIGHT_MIN: f64 = 70.0;
const THICKNESS_MIN: f64 = 1.0;
/// The thickest line between few nodes, and what their number divides to thin it among many.
const THICKNESS_MAX: f64 = 7.0;
const THICKNESS_OF_ALL: f64 = 60.0;

impl Network {
    /// Draws the network; `sentence` tells the same in words.
    pub fn draw(&self, sentence: &str) -> String {
        let (points, height) = fitted(&layout(self.nodes.len(), &self.edges));
        let mut svg = Svg::new(height);
        let drawn = || self.edges.iter().filter(|edge| edge.class.is_some());
        let bits = || drawn().map(|edge| edge.weight.bits());
        let lightest = bits().fold(f64::INFINITY, f64::min);
        let span = bits().fold(f64::NEG_INFINITY, f64::max) - lightest;
        let thickest = (THICKNESS_OF_ALL / self.nodes.len().max(1) as f64).min(THICKNESS_MAX);
        for edge in drawn() {
            let share = if span > 0.0 { (edge.weight.bits() - lightest) / span } else { 0.5 };
            let thickness = THICKNESS_MIN + share * (thickest - THICKNESS_MIN);
            let class = format!("edge {}", edge.class.unwrap_or_default());
            svg.line(&class, points[edge.left], points[edge.right], thickness);
        }
        for (node, &point) in self.nodes.iter().zip(&points) {
            let [x, y] = point;
            match node.shape.outline() {
                None => svg.dot("node", point, RADIUS, &node.hint),
                Some((class, path)) => svg.shape(class, point, path, &node.hint),
            }
            svg.text("node-number", x, y + 4.5, Anchor::Middle, &node.label);
        }
        for edge in drawn() {
            let ([x1, y1], [x2, y2]) = (points[edge.left], points[edge.right]);
            let (x, y) = ((x1 + x2) / 2.0, (y1 + y2) / 2.0);
            if !edge.label.is_empty() {
                let class = format!("edge-label {}", edge.class.unwrap_or_default());
                svg.text(&class, x, y - 6.0, Anchor::Middle, &edge.label);
            }
            if !edge.sign.is_empty() {
                let class = format!("edge-sign {}", edge.class.unwrap_or_default());
                svg.text(&class, x, y + 6.0, Anchor::Middle, edge.sign);
            }
        }
        svg.described(sentence)
    }
}

/// Places the nodes so that heavy pairs lie near and light ones apart: the lightest three times as
/// far as the heaviest.
///
/// They start on a circle; each in turn moves to where the squared error of its distances is less.
/// Source: de Leeuw, Applications of Convex Analysis to Multidimensional Scaling (1977).
fn layout(nodes: usize, edges: &[Edge]) -> Vec<Point> {
    const ROUNDS: usize = 300;
    let wanted = distances(nodes, edges);
    let mut points: Vec<Point> = (0..nodes)
        .map(|node| {
            let turn = std::f64::consts::TAU * node as f64 / nodes as f64;
            [turn.cos(), turn.sin()]
        })
        .collect();
    for _ in 0..ROUNDS {
        for node in 0..nodes {
            points[node] = moved(node, &points, &wanted[node]);
        }
    }
    points
}

/// How far each two nodes should lie apart, from 1 to 3; those without a pair as far as can be.
fn distances(nodes: usize, edges: &[Edge]) -> Vec<Vec<f64>> {
    let bits = || edges.iter().map(|edge| edge.weight.bits());
    let heaviest = bits().fold(f64::NEG_INFINITY, f64::max);
    let span = heaviest - bits().fold(f64::INFINITY, f64::min);
    let mut wanted = vec![vec![3.0; nodes]; nodes];
    for &Edge { left, right, weight, .. } in edges {
        let share = if span > 0.0 { (heaviest - weight.bits()) / span } else { 0.0 };
        wanted[left][right] = 1.0 + 2.0 * share;
        wanted[right][left] = wanted[left][right];
    }
    wanted
}

/// Where a node goes: the mean of the places at the wanted distance from each other node, of
/// which near ones count for more.
fn moved(node: usize, points: &[Point], wanted: &[f64]) -> Point {
    let here = points[node];
    let (mut place, mut counts) = ([0.0; 2], 0.0);
    for (other, &there) in points.iter().enumerate().filter(|&(other, _)| other != node) {
        let away = [here[0] - there[0], here[1] - there[1]];
        let distance = length(away).max(1e-9);
        let count = 1.0 / (wanted[other] * wanted[other]);
        for axis in 0..2 {
            place[axis] += count * (there[axis] + wanted[other] * away[axis] / distance);
        }
        counts += count;
    }
    if counts > 0.0 { place.map(|sum| sum / counts) } else { here }
}

/// The places in percent and pixels, the two farthest apart side by side; and the height.
fn fitted(points: &[Point]) -> (Vec<Point>, f64) {
    let along = farthest(points);
    let turned = |point: &Point| {
        let [x, y] = *point;
        [x * along[0] + y * along[1], y * along[0] - x * along[1]]
    };
    let points: Vec<Point> = points.iter().map(turned).collect();
    let range = |axis: usize| {
        let along = || points.iter().map(|point| point[axis]);
        (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (top, bottom)) = (range(0), range(1));
    let width = (right - left).max(1e-9);
    let height = ((bottom - top) / width * HEIGHT_MAX).clamp(HEIGHT_MIN, HEIGHT_MAX);
    let inner = height - 2.0 * (RADIUS + 3.0);
    let place = |[x, y]: &Point| {
        let x = SIDE + (x - left) / width * (100.0 - 2.0 * SIDE);
        let is_flat = bottom - top < 1e-6;
        let y = if is_flat { 0.5 } else { (y - top) / (bottom - top) };
        [x, RADIUS + 3.0 + y * inner]
    };
    (points.iter().map(place).collect(), height)
}

/// The direction between the two points that lie farthest apart, the first such two; of length 1.
fn farthest(points: &[Point]) -> Point {
    let mut found = [1.0, 0.0];
    let mut longest = 1e-9;
    for (at, one) in points.iter().enumerate() {
        for other in &points[..at] {
            let away = [one[0] - other[0], one[1] - other[1]];
            let distance = length(away);
            if distance > longest + 1e-6 {
                (longest, found) = (distance, away.map(|part| part / distance));
            }
        }
    }
    found
}

fn length([x, y]: Point) -> f64 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(left: usize, right: usize, bits: f64) -> Edge {
        let weight = Weight::from_bits(bits);
        Edge { left, right, weight, class: Some("link"), label: String::new(), sign: "" }
    }

    fn numbered(nodes: usize) -> Vec<Node> {
        (0..nodes).map(|node| Node::numbered(node, format!("crm/{node}"))).collect()
    }

    /// Two groups of three, which only one pair holds together.
    fn two_groups() -> Network {
        let group = |node: usize| node / 3;
        let pairs = (0..6).flat_map(|right| (0..right).map(move |left| (left, right)));
        let weigh = |(left, right)| match (group(left) == group(right), left, right) {
            (true, ..) => edge(left, right, 20.0),
            (false, 2, 3) => edge(left, right, 5.0),
            (false, ..) => Edge { class: None, ..edge(left, right, -10.0) },
        };
        let nodes = numbered(6);
        Network { nodes, edges: pairs.map(weigh).collect() }
    }

    #[test]
    fn groups_that_hardly_hang_together_lie_apart() {
        let Network { nodes, edges } = two_groups();
        let points = layout(nodes.len(), &edges);
        let distance = |one: usize, other: usize| {
            length([points[one][0] - points[other][0], points[one][1] - points[other][1]])
        };
        for (one, other) in [(0, 1), (1, 2), (3, 4), (4, 5)] {
            assert!(distance(one, other) < 1.3, "{one} {other}");
        }
        for (one, other) in [(0, 4), (0, 5), (1, 4), (1, 5)] {
            assert!(distance(one, other) > 2.0, "{one} {other}");
        }
    }

    #[test]
    fn pairs_that_speak_against_are_not_drawn() {
        let drawn = two_groups().draw("");
        assert_eq!(drawn.matches("<line").count(), 7);
        assert_eq!(drawn.matches("<circle").count(), 6);
        assert!(drawn.contains("<title>crm/5</title>"), "{drawn}");
    }

    #[test]
    fn groups_are_told_by_shape_and_lines_by_sign() {
        let mut network = two_groups();
        for node in &mut network.nodes[3..] {
            (node.shape, node.label) = (Shape::of_group(1), format!("{}B", node.label));
        }
        let crossed = network.edges.iter_mut().find(|edge| edge.weight.bits() == 5.0).unwrap();
        crossed.sign = "×";
        let drawn = network.draw("");
        assert_eq!(drawn.matches(r#"<path class="node second""#).count(), 3);
        assert!(drawn.contains(">4B</text>") && drawn.contains("<title>crm/5</title>"), "{drawn}");
        assert_eq!(drawn.matches(r#"<text class="edge-sign link""#).count(), 1);
        assert_ne!(Shape::of_group(0), Shape::of_group(3));
        assert_eq!(Shape::of_group(0), Shape::of_group(4));
    }

    #[test]
    fn what_has_no_pair_lies_far_apart() {
        let points = layout(3, &[edge(0, 1, 20.0), edge(1, 2, 2.0)]);
        let distance = |one: usize, other: usize| {
            length([points[one][0] - points[other][0], points[one][1] - points[other][1]])
        };
        assert!(distance(0, 1) < 1.3 && distance(0, 2) > 2.5, "{points:?}");
    }

    #[test]
    fn dots_stay_within_the_drawing() {
        for nodes in 1..=25 {
            let pairs = (0..nodes).flat_map(|right| (0..right).map(move |left| (left, right)));
            let edges: Vec<Edge> = pairs
                .map(|(left, right)| edge(left, right, ((left * 7 + right * 5) % 11) as f64))
                .collect();
            let (points, height) = fitted(&layout(nodes, &edges));
            assert!((HEIGHT_MIN..=HEIGHT_MAX).contains(&height), "{nodes}: {height}");
            for [x, y] in points {
                assert!((SIDE - 0.01..=100.01 - SIDE).contains(&x), "{nodes}: {x}");
                assert!((RADIUS..=height - RADIUS).contains(&y), "{nodes}: {y} of {height}");
            }
        }
    }

    #[test]
    fn two_records_lie_side_by_side() {
        let network = Network { nodes: numbered(2), edges: vec![edge(0, 1, 9.0)] };
        let drawn = network.draw("");
        let line = r#"<line class="edge link" x1="7.00%" y1="35.0" x2="93.00%" y2="35.0""#;
        let turned = r#"<line class="edge link" x1="93.00%" y1="35.0" x2="7.00%" y2="35.0""#;
        assert!(drawn.contains(line) || drawn.contains(turned), "{drawn}");
    }
}
