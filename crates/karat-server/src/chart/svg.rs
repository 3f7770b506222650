//! The pen that all charts are drawn with.

use std::fmt::Write;

use askama::filters::{Html, escape};

/// An SVG under construction: x and widths in percent, y and heights in pixels.
#[derive(Debug)]
pub struct Svg {
    height: f64,
    body: String,
}

/// Which point of a text stands at its x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text starts there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

impl Svg {
    /// An empty drawing of this height.
    pub fn new(height: f64) -> Svg {
        Svg { height, body: String::new() }
    }

    /// Draws a rectangle.
    pub fn rectangle(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        self.push(format_args!(
            r#"<rect class="{class}" x="{x:.2}%" y="{y:.1}" width="{:.2}%" height="{height:.1}"/>"#,
            width.max(0.0),
        ));
    }

    /// Draws a vertical line.
    pub fn upright(&mut self, class: &str, x: f64, top: f64, bottom: f64) {
        self.push(format_args!(
            r#"<line class="{class}" x1="{x:.2}%" y1="{top:.1}" x2="{x:.2}%" y2="{bottom:.1}"/>"#,
        ));
    }

    /// Draws a line from one side to the other.
    pub fn level(&mut self, class: &str, y: f64) {
        self.push(format_args!(
            r#"<line class="{class}" x1="0" y1="{y:.1}" x2="100%" y2="{y:.1}"/>"#,
        ));
    }

    /// Writes a text.
    pub fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text, Html).expect("escaping cannot fail");
        self.push(format_args!(
            r#"<text class="{class}" x="{x:.2}%" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#,
        ));
    }

    /// Writes two texts, one after the other.
    pub fn texts(&mut self, classes: [&str; 2], x: f64, y: f64, texts: [&str; 2]) {
        let [first, second] = texts.map(|text| escape(text, Html).expect("escaping cannot fail"));
        let [first_class, second_class] = classes;
        self.push(format_args!(
            r#"<text x="{x:.2}%" y="{y:.1}"><tspan class="{first_class}">{first}</tspan><tspan class="{second_class}" dx="10">{second}</tspan></text>"#,
        ));
    }

    /// Draws a line from one point to another, this thick.
    pub fn line(&mut self, class: &str, from: [f64; 2], to: [f64; 2], thickness: f64) {
        let ([x1, y1], [x2, y2]) = (from, to);
        self.push(format_args!(
            r#"<line class="{class}" x1="{x1:.2}%" y1="{y1:.1}" x2="{x2:.2}%" y2="{y2:.1}" stroke-width="{thickness:.1}"/>"#,
        ));
    }

    /// Draws a dot; pointing at it tells the hint.
    pub fn dot(&mut self, class: &str, [x, y]: [f64; 2], radius: f64, hint: &str) {
        let hint = escape(hint, Html).expect("escaping cannot fail");
        self.push(format_args!(
            r#"<circle class="{class}" cx="{x:.2}%" cy="{y:.1}" r="{radius:.1}"><title>{hint}</title></circle>"#,
        ));
    }

    /// Draws a path in pixels around a point; pointing at it tells the hint.
    pub fn shape(&mut self, class: &str, [x, y]: [f64; 2], path: &str, hint: &str) {
        let hint = escape(hint, Html).expect("escaping cannot fail");
        self.push(format_args!(
            r#"<svg x="{x:.2}%" y="{y:.1}" overflow="visible"><path class="{class}" d="{path}"><title>{hint}</title></path></svg>"#,
        ));
    }

    /// A stretch of the drawing, from x on, that tells a hint when one points at it.
    pub fn hint(&mut self, x: f64, width: f64, hint: &str) {
        let (height, hint) = (self.height, escape(hint, Html).expect("escaping cannot fail"));
        self.push(format_args!(
            r#"<rect class="hint" x="{x:.2}%" y="0" width="{width:.2}%" height="{height:.0}"><title>{hint}</title></rect>"#,
        ));
    }

    /// Draws shapes that stretch with the width, from x on: `paths` counts x from 0 to 100.
    pub fn stretched(&mut self, x: f64, width: f64, paths: &str) {
        let height = self.height;
        self.push(format_args!(
            r#"<svg x="{x:.2}%" width="{width:.2}%" height="{height:.0}" viewBox="0 0 100 {height:.0}" preserveAspectRatio="none">{paths}</svg>"#,
        ));
    }

    /// The drawing for a reader who sees it; the same is told in text beside it.
    pub fn decorative(self) -> String {
        self.element(r#"aria-hidden="true""#)
    }

    /// The drawing with a sentence for those who do not see it.
    pub fn described(self, sentence: &str) -> String {
        let sentence = escape(sentence, Html).expect("escaping cannot fail").to_string();
        self.element(&format!(r#"role="img" aria-label="{sentence}""#))
    }

    fn element(self, attributes: &str) -> String {
        let Svg { height, body } = self;
        format!(r#"<svg class="chart" width="100%" height="{height:.0}" {attributes}>{body}</svg>"#)
    }

    fn push(&mut self, shape: std::fmt::Arguments) {
        self.body.write_fmt(shape).expect("writing to a string cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let mut svg = Svg::new(10.0);
        svg.text("label", 50.0, 8.0, Anchor::Middle, "<script>&");
        let drawn = svg.described("a \"quoted\" sentence");
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert!(!drawn.contains("\"quoted\""), "{drawn}");
    }

    #[test]
    fn nothing_is_narrower_than_nothing() {
        let mut svg = Svg::new(10.0);
        svg.rectangle("fill", 0.0, 0.0, -1.0, 10.0);
        assert!(svg.decorative().contains(r#"width="0.00%""#));
    }
}
