//! Records in, customers out: streams of sources that run together into gold.

use std::fmt::Write;

use super::svg::{Anchor, Svg};

/// Streams that run together.
#[derive(Clone, Debug)]
pub struct Flow {
    /// What flows in, in the order to draw it.
    pub streams: Vec<Stream>,
    /// How much comes out, on the scale of what flows in.
    pub out: u64,
    /// The two lines on the gold: `23,911` and `customers`.
    pub out_label: [String; 2],
}

/// One of the streams.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// How much it brings.
    pub amount: u64,
    /// How much that is, as people read it.
    pub written: String,
}

const HEIGHT_OF_ALL: f64 = 190.0;
const STREAM_HEIGHT_MIN: f64 = 26.0;
const OUT_HEIGHT_MIN: f64 = 76.0;
const GAP: f64 = 3.0;
/// Where the streams end and the gold begins, in percent of the width.
const MOUTH: f64 = 66.0;

impl Flow {
    /// Draws the flow; `sentence` tells the same in words.
    pub fn draw(&self, sentence: &str) -> String {
        let amount_in: u64 = self.streams.iter().map(|stream| stream.amount).sum();
        let share = |amount: u64| amount as f64 / amount_in.max(1) as f64;
        let heights: Vec<f64> = self
            .streams
            .iter()
            .map(|stream| (share(stream.amount) * HEIGHT_OF_ALL).max(STREAM_HEIGHT_MIN))
            .collect();
        let gaps = GAP * self.streams.len().saturating_sub(1) as f64;
        let streams_height: f64 = heights.iter().sum();
        let height = streams_height + gaps;
        let out_height = (height * share(self.out)).clamp(OUT_HEIGHT_MIN.min(height), height);
        let out_top = (height - out_height) / 2.0;

        let mut svg = Svg::new(height.max(1.0));
        let mut paths = String::new();
        let mut labels = Vec::new();
        let (mut left, mut right) = (0.0, out_top);
        for (stream, stream_height) in self.streams.iter().zip(heights) {
            let right_height = out_height * stream_height / streams_height;
            let (left_end, right_end) = (left + stream_height, right + right_height);
            write!(
                paths,
                r#"<path class="stream" d="M0 {left:.1}C45 {left:.1} 55 {right:.1} 100 {right:.1}V{right_end:.1}C55 {right_end:.1} 45 {left_end:.1} 0 {left_end:.1}Z"/>"#,
            )
            .expect("writing to a string cannot fail");
            labels.push((left, stream_height, stream));
            left = left_end + GAP;
            right = right_end;
        }
        svg.stretched(0.0, MOUTH, &paths);
        for (top, stream_height, stream) in labels {
            let middle = top + stream_height / 2.0 + 4.5;
            svg.rectangle("source", 0.0, top, 0.7, stream_height);
            svg.texts(
                ["stream-name", "stream-amount"],
                2.2,
                middle,
                [&stream.name, &stream.written],
            );
        }
        svg.rectangle("gold", MOUTH, out_top, 100.0 - MOUTH, out_height);
        let centre = (MOUTH + 100.0) / 2.0;
        let middle = out_top + out_height / 2.0;
        svg.text("out-amount", centre, middle + 4.0, Anchor::Middle, &self.out_label[0]);
        svg.text("out-name", centre, middle + 24.0, Anchor::Middle, &self.out_label[1]);
        svg.described(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(amounts: &[u64], out: u64) -> String {
        let stream =
            |&amount: &u64| Stream { name: "crm".into(), amount, written: amount.to_string() };
        let streams = amounts.iter().map(stream).collect();
        Flow { streams, out, out_label: ["1".into(), "customer".into()] }.draw("a sentence")
    }

    #[test]
    fn small_streams_stay_readable() {
        let drawn = flow(&[1_000_000, 1], 500_000);
        assert!(
            drawn.contains(r#"class="source" x="0.00%" y="193.0" width="0.70%" height="26.0""#),
            "{drawn}"
        );
    }

    #[test]
    fn the_gold_is_as_high_as_its_share() {
        let drawn = flow(&[1_000, 1_000], 1_000);
        assert!(
            drawn.contains(r#"class="gold" x="66.00%" y="48.2" width="34.00%" height="96.5""#),
            "{drawn}"
        );
    }

    #[test]
    fn an_empty_hub_can_be_drawn() {
        assert!(flow(&[], 0).starts_with("<svg"));
    }
}
