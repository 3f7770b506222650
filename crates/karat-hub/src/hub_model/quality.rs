//! How quality counts in a hub: weights of dimensions, and what a customer is worth.

use karat_model::check::QualitySettings;
use karat_model::finding::Dimension;
use karat_model::semantic::SemanticType;

use super::amounts::Heaviness;
use super::attributes::KnownAttributes;
use super::problem::Report;
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::{listed, nearest};
use super::tree::Node;

mapping! {
    /// How quality counts.
    QualityEntry {
        /// How heavily each dimension weighs, such as `{ completeness: 2, accuracy: 1 }`; 1 for those
        /// that are left out.
        weights "weights": Entries<Heaviness>,
        /// The attribute with a number that tells what a customer is worth, so that valuable
        /// customers count for more.
        value "value": String,
    }
}

impl QualityEntry {
    /// The settings, in a hub that knows these attributes.
    pub fn settings(self, known: &KnownAttributes, report: &mut Report) -> QualitySettings {
        let mut settings = QualitySettings::standard();
        for (name, weight) in self.weights.map(|it| it.value.entries).unwrap_or_default() {
            match Dimension::ALL.into_iter().find(|it| it.name() == name.value) {
                Some(dimension) => settings.weights.push((dimension, weight.0)),
                None => report_unknown_dimension(&name, report),
            }
        }
        settings.value = self.value.and_then(|name| {
            let id = known.find(&name, report)?;
            let is_number = known.semantic_type(id).is_none_or(|it| it == SemanticType::Number);
            if !is_number {
                report
                    .error(name.place, format!("`{}` is no number", name.value))
                    .with_hint("name an attribute of type `number`, such as turnover");
            }
            is_number.then_some(id)
        });
        settings
    }
}

fn report_unknown_dimension(name: &Located<String>, report: &mut Report) {
    let names = || Dimension::ALL.into_iter().map(Dimension::name);
    let hint = match nearest(&name.value, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the dimensions are {}", listed(names())),
    };
    report.error(name.place, format!("unknown dimension `{}`", name.value)).with_hint(hint);
}
