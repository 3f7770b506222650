//! Charts, drawn on the server as SVG.
//!
//! Arrives: numbers and labels; labels may hold anything and are escaped.
//! Leaves: SVG in which x runs in percent and y in pixels, so that text never shrinks on a phone.
//! Promises: the same numbers give the same text; no script, no colour without a sign beside it.
//! Start reading in `svg.rs`; the colours are in `style/karat.css`.

mod svg;
mod bar;
mod flow;
mod lanes;
mod mark;
mod histogram;
mod curves;
mod matrix;
mod network;
mod trend;
mod spark;
mod waterfall;

pub use bar::{diverging, stacked};
pub use curves::{Curve, Curves};
pub use flow::{Flow, Stream};
pub use histogram::{Bar, Histogram, linear, logarithmic};
pub use lanes::{Crossing, Lane, Lanes};
pub use mark::Mark;
pub use matrix::heat;
pub use network::{Edge, Network, Node, Shape};
pub use spark::spark;
pub use svg::{Anchor, Svg};
pub use trend::{Trend, TrendMark};
pub use waterfall::{Scale, Show, Waterfall};
