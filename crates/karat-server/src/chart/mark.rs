//! Marks: upright lines through a chart that mean something, such as a threshold.

use super::svg::{Anchor, Svg};

/// A line that means something.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Where, as the chart counts.
    pub at: f64,
    /// Its class.
    pub class: &'static str,
    /// What it means.
    pub label: String,
    /// On which side of the line the label stands, if there is room.
    pub side: Anchor,
}

/// About the room that a character of a label takes on a narrow screen, in percent.
const CHARACTER_WIDTH: f64 = 2.1;

impl Mark {
    /// The height of the row that a label takes above the chart.
    pub(super) const HEIGHT: f64 = 16.0;

    /// Draws the line at x, down to the bottom, with its label in its own row above the chart.
    pub(super) fn draw(&self, svg: &mut Svg, row: usize, x: f64, bottom: f64) {
        let y = 12.0 + Mark::HEIGHT * row as f64;
        svg.upright(self.class, x, y - 10.0, bottom);
        let width = self.label.chars().count() as f64 * CHARACTER_WIDTH;
        let has_room_left = x > width;
        let has_room_right = x < 100.0 - width;
        let is_left = if self.side == Anchor::End { has_room_left } else { !has_room_right };
        let (anchor, distance) = if is_left { (Anchor::End, -0.8) } else { (Anchor::Start, 0.8) };
        svg.text("mark", x + distance, y, anchor, &self.label);
    }
}
