//! Requirements as YAML says them: a word, and an argument of the shape that the word has.

use karat_model::attribute::AttributeId;
use karat_model::check::{
    Bounds, Charset, Coverage, DateOrder, Days, Decimal, GroupEvolution, Hierarchy, Hours, Pair,
    Quantifier, RangeOf, Reconciliation, RefTable, Reference, Register, Requirement, Share, Volume,
};
use karat_model::id::SourceName;
use karat_model::phone_type::PhoneType;
use karat_model::semantic::SemanticType;

use super::amounts::{Count, Required};
use super::attributes::KnownAttributes;
use super::problem::{Place, Report};
use super::shape::{Located, Shape, described, entries, mapping, report_unknown_key};
use super::tree::Node;

mapping! {
    /// Two whole numbers, of which one may be left out.
    BoundsEntry {
        /// The least.
        min "min": Count,
        /// The most.
        max "max": Count,
    }
}

mapping! {
    /// Two numbers, of which one may be left out.
    RangeEntry {
        /// The least.
        min "min": Decimal,
        /// The most.
        max "max": Decimal,
    }
}

mapping! {
    /// A column of a reference file.
    RefTableEntry {
        /// The file, from the folder of the checks.
        file "file": String,
        /// Its column.
        column "column": String,
    }
}

mapping! {
    /// Two dates.
    DateOrderEntry {
        /// The attribute with the date that comes first.
        before "before": String,
        /// The attribute with the date that comes after it.
        after "after": String,
    }
}

mapping! {
    /// The records that a value may name.
    ReferenceEntry {
        /// The source that has them; any if left out.
        source "source": String,
        /// The attribute that has the same value there.
        attribute "attribute": String,
    }
}

mapping! {
    /// What names a record, and what names its parent.
    HierarchyEntry {
        /// The attribute by which others name it.
        key "key": String,
        /// The attribute that names its parent.
        parent "parent": String,
    }
}

mapping! {
    /// How many records another source knows.
    CoverageEntry {
        /// The other source.
        of "of": String,
        /// The share of its number of records.
        min "min": Share,
    }
}

mapping! {
    /// What must agree with another source.
    ReconciliationEntry {
        /// The other source.
        with "with": String,
        /// How far they may differ; not at all if left out.
        tolerance "tolerance": Share,
        /// The attribute with the numbers that are added up; records are counted if left out.
        sum "sum": String,
    }
}

mapping! {
    /// How far the number of records may differ from that of the delivery before.
    VolumeEntry {
        /// By how much it may drop.
        drop_max "drop_max": Share,
        /// By how much it may rise; any rise is fine if left out.
        rise_max "rise_max": Share,
    }
}

mapping! {
    /// How much more may be empty than is usual.
    NullRateEntry {
        /// By how much the share of empty values may rise, in percentage points.
        rise_max "rise_max": Share,
    }
}

mapping! {
    /// How far distributions may differ.
    DriftEntry {
        /// The highest population stability index; 0.25 is much.
        psi_max "psi_max": Decimal,
    }
}

mapping! {
    /// How many groups of values may come or go.
    GroupEvolutionEntry {
        /// How many may appear; none if left out.
        new_max "new_max": Count,
        /// How many may vanish; none if left out.
        gone_max "gone_max": Count,
    }
}

mapping! {
    /// How far a mean may lie from those before.
    OutlierEntry {
        /// In standard deviations.
        deviations_max "deviations_max": Decimal,
    }
}

mapping! {
    /// How many may share a value.
    SharedEntry {
        /// The most that may have it.
        max "max": Count,
    }
}

mapping! {
    /// From when two customers look like one.
    DuplicateEntry {
        /// In bits of evidence.
        from "from": Decimal,
    }
}

/// A word with its argument, and where the word stands.
#[derive(Debug)]
pub(super) struct RequirementEntry {
    pub word: &'static str,
    pub place: Place,
    argument: Argument,
}

macro_rules! arguments {
    ($($variant:ident($shape:ty): $($word:literal)+;)+) => {
        /// Arguments, each of the shape that some words have.
        #[derive(Debug)]
        enum Argument { $($variant($shape)),+ }

        impl RequirementEntry {
            /// Reads the argument of a word.
            pub fn read(
                word: &'static str,
                place: Place,
                node: &Node,
                report: &mut Report,
            ) -> Option<RequirementEntry> {
                let argument = match word {
                    $($($word)|+ => Argument::$variant(Shape::read(node, word, report)?),)+
                    _ => return None,
                };
                Some(RequirementEntry { word, place, argument })
            }

            /// The JSON Schema of the argument of a word.
            pub fn schema_of(word: &str) -> serde_json::Value {
                match word {
                    $($($word)|+ => <$shape as Shape>::schema(),)+
                    _ => serde_json::json!({}),
                }
            }
        }
    };
}

arguments! {
    Nothing(Required):
        "present" "not_future" "not_deceased" "field_misuse" "email_deliverable" "phone_reachable" "returned_mail"
        "customer_confirmed" "equal_across_sources" "golden_equals_source" "unique_key"
        "has_definition" "has_owner" "has_steward" "has_legal_basis" "has_retention";
    Text(String): "required_if" "regex" "expression";
    Texts(Vec<Located<String>>): "missing_tokens" "in_set";
    Quantifier(Quantifier): "group_complete";
    Type(SemanticType): "format";
    Phones(Vec<Located<PhoneType>>): "phone_type";
    Table(RefTableEntry): "ref_table";
    Bounds(BoundsEntry): "length" "age_between";
    Range(RangeEntry): "range";
    Charset(Charset): "charset";
    Dates(DateOrderEntry): "date_order";
    Register(Register): "matches_register";
    Pair(Pair): "cross_field";
    Reference(ReferenceEntry): "relation_present" "referential";
    Hierarchy(HierarchyEntry): "hierarchy_acyclic";
    Coverage(CoverageEntry): "record_coverage";
    Reconciliation(ReconciliationEntry): "reconciliation";
    Duplicate(DuplicateEntry): "duplicate_cluster";
    Shared(SharedEntry): "shared_identifier";
    Days(Days): "max_age";
    Share(Share): "current";
    Hours(Hours): "freshness" "propagation_latency";
    Volume(VolumeEntry): "volume" "usual_volume";
    NullRate(NullRateEntry): "usual_null_rate";
    Drift(DriftEntry): "drift" "usual_values";
    Groups(GroupEvolutionEntry): "group_evolution";
    Outlier(OutlierEntry): "outlier";
}

/// Where the names in an argument are looked up.
pub(super) struct Names<'a> {
    pub known: &'a KnownAttributes,
    /// Finds a source, or reports that there is none.
    pub source: &'a dyn Fn(&Located<String>, &mut Report) -> Option<SourceName>,
}

impl RequirementEntry {
    /// The requirement, with the names that its argument has found.
    pub fn into_requirement(self, names: &Names, report: &mut Report) -> Option<Requirement> {
        let RequirementEntry { word, place, argument } = self;
        let need = Need { word, place };
        Some(match (word, argument) {
            ("present", _) => Requirement::Present,
            ("not_future", _) => Requirement::NotFuture,
            ("not_deceased", _) => Requirement::NotDeceased,
            ("field_misuse", _) => Requirement::FieldMisuse,
            ("email_deliverable", _) => Requirement::EmailDeliverable,
            ("phone_reachable", _) => Requirement::PhoneReachable,
            ("returned_mail", _) => Requirement::ReturnedMail,
            ("customer_confirmed", _) => Requirement::CustomerConfirmed,
            ("equal_across_sources", _) => Requirement::EqualAcrossSources,
            ("golden_equals_source", _) => Requirement::GoldenEqualsSource,
            ("unique_key", _) => Requirement::UniqueKey,
            ("has_definition", _) => Requirement::HasDefinition,
            ("has_owner", _) => Requirement::HasOwner,
            ("has_steward", _) => Requirement::HasSteward,
            ("has_legal_basis", _) => Requirement::HasLegalBasis,
            ("has_retention", _) => Requirement::HasRetention,
            ("required_if", Argument::Text(text)) => Requirement::RequiredIf(text),
            ("regex", Argument::Text(text)) => Requirement::Regex(text),
            ("expression", Argument::Text(text)) => Requirement::Expression(text),
            ("missing_tokens", Argument::Texts(texts)) => Requirement::MissingTokens(values(texts)),
            ("in_set", Argument::Texts(texts)) => {
                if texts.is_empty() {
                    need.report("lists no value", "write `in_set: [Gold, Silver]`", report);
                    return None;
                }
                Requirement::InSet(values(texts))
            }
            (_, Argument::Quantifier(quantifier)) => Requirement::GroupComplete(quantifier),
            (_, Argument::Type(semantic_type)) => {
                if semantic_type.is_metadata() {
                    let message = "names a type that says something of the record, not of a value";
                    need.report(message, "write `format: postcode`, for example", report);
                    return None;
                }
                Requirement::Format(semantic_type)
            }
            (_, Argument::Phones(kinds)) => Requirement::PhoneType(values(kinds)),
            (_, Argument::Table(it)) => {
                let file = need.key(it.file, "file", &it.wrong, report);
                let column = need.key(it.column, "column", &it.wrong, report);
                Requirement::RefTable(RefTable { file: file?.value, column: column?.value })
            }
            (_, Argument::Bounds(it)) => {
                let [min, max] = [it.min, it.max].map(|bound| bound.map(|bound| bound.value.0));
                need.bounds(min, max, &it.wrong, report)?;
                let bounds = Bounds { min, max };
                if word == "length" {
                    Requirement::Length(bounds)
                } else {
                    Requirement::AgeBetween(bounds)
                }
            }
            (_, Argument::Range(it)) => {
                let [min, max] = [it.min, it.max].map(|bound| bound.map(|bound| bound.value));
                need.bounds(min, max, &it.wrong, report)?;
                Requirement::Range(RangeOf { min, max })
            }
            (_, Argument::Charset(charset)) => Requirement::Charset(charset),
            (_, Argument::Dates(it)) => {
                let before = need.attribute(it.before, "before", &it.wrong, names, report);
                let after = need.attribute(it.after, "after", &it.wrong, names, report);
                Requirement::DateOrder(DateOrder { before: before?, after: after? })
            }
            (_, Argument::Register(register)) => Requirement::MatchesRegister(register),
            (_, Argument::Pair(pair)) => Requirement::CrossField(pair),
            (_, Argument::Reference(it)) => {
                let attribute = need.attribute(it.attribute, "attribute", &it.wrong, names, report);
                let source = match it.source {
                    Some(source) => Some((names.source)(&source, report)?),
                    None => None,
                };
                let reference = Reference { source, attribute: attribute? };
                if word == "referential" {
                    Requirement::Referential(reference)
                } else {
                    Requirement::RelationPresent(reference)
                }
            }
            (_, Argument::Hierarchy(it)) => {
                let key = need.attribute(it.key, "key", &it.wrong, names, report);
                let parent = need.attribute(it.parent, "parent", &it.wrong, names, report);
                Requirement::HierarchyAcyclic(Hierarchy { key: key?, parent: parent? })
            }
            (_, Argument::Coverage(it)) => {
                let of = need.key(it.of, "of", &it.wrong, report);
                let min = need.key(it.min, "min", &it.wrong, report);
                let of = (names.source)(&of?, report)?;
                Requirement::RecordCoverage(Coverage { of, min: min?.value })
            }
            (_, Argument::Reconciliation(it)) => {
                let with = need.key(it.with, "with", &it.wrong, report)?;
                let sum = match it.sum {
                    Some(sum) => Some(names.known.find(&sum, report)?),
                    None => None,
                };
                let with = (names.source)(&with, report)?;
                let tolerance = it.tolerance.map_or(Share(0), |share| share.value);
                Requirement::Reconciliation(Reconciliation { with, tolerance, sum })
            }
            (_, Argument::Duplicate(it)) => {
                Requirement::DuplicateCluster(need.key(it.from, "from", &it.wrong, report)?.value)
            }
            (_, Argument::Shared(it)) => {
                Requirement::SharedIdentifier(need.key(it.max, "max", &it.wrong, report)?.value.0)
            }
            (_, Argument::Days(days)) => Requirement::MaxAge(days),
            (_, Argument::Share(share)) => Requirement::Current(share),
            ("freshness", Argument::Hours(hours)) => Requirement::Freshness(hours),
            (_, Argument::Hours(hours)) => Requirement::PropagationLatency(hours),
            (_, Argument::Volume(it)) => {
                let drop_max = need.key(it.drop_max, "drop_max", &it.wrong, report)?.value;
                let rise_max = it.rise_max.map(|share| share.value);
                let volume = Volume { drop_max, rise_max };
                if word == "volume" {
                    Requirement::Volume(volume)
                } else {
                    Requirement::UsualVolume(volume)
                }
            }
            (_, Argument::NullRate(it)) => {
                let rise_max = need.key(it.rise_max, "rise_max", &it.wrong, report)?;
                Requirement::UsualNullRate(rise_max.value)
            }
            (_, Argument::Drift(it)) => {
                let psi_max = need.key(it.psi_max, "psi_max", &it.wrong, report)?.value;
                if word == "drift" {
                    Requirement::Drift(psi_max)
                } else {
                    Requirement::UsualValues(psi_max)
                }
            }
            (_, Argument::Groups(it)) => {
                let [new_max, gone_max] =
                    [it.new_max, it.gone_max].map(|count| count.map_or(0, |count| count.value.0));
                Requirement::GroupEvolution(GroupEvolution { new_max, gone_max })
            }
            (_, Argument::Outlier(it)) => {
                let max = need.key(it.deviations_max, "deviations_max", &it.wrong, report)?;
                Requirement::Outlier(max.value)
            }
            (_, Argument::Nothing(_) | Argument::Text(_) | Argument::Texts(_)) => return None,
        })
    }
}

fn values<T>(items: Vec<Located<T>>) -> Vec<T> {
    items.into_iter().map(|item| item.value).collect()
}

/// Reports what an argument lacks.
struct Need {
    word: &'static str,
    place: Place,
}

impl Need {
    fn report(&self, message: &str, hint: &str, report: &mut Report) {
        report.error(self.place, format!("`{}` {message}", self.word)).with_hint(hint);
    }

    /// The value of a key that must be there.
    fn key<T>(
        &self,
        value: Option<Located<T>>,
        key: &'static str,
        wrong: &[&'static str],
        report: &mut Report,
    ) -> Option<Located<T>> {
        if value.is_none() && !wrong.contains(&key) {
            let hint = format!("add `{key}`; docs/checks/{}.md has an example", self.word);
            self.report(&format!("does not say `{key}`"), &hint, report);
        }
        value
    }

    /// The attribute that a key names.
    fn attribute(
        &self,
        value: Option<Located<String>>,
        key: &'static str,
        wrong: &[&'static str],
        names: &Names,
        report: &mut Report,
    ) -> Option<AttributeId> {
        names.known.find(&self.key(value, key, wrong, report)?, report)
    }

    /// Bounds of which one is there, the lower one first.
    fn bounds<T: PartialOrd>(
        &self,
        min: Option<T>,
        max: Option<T>,
        wrong: &[&'static str],
        report: &mut Report,
    ) -> Option<()> {
        if !wrong.is_empty() {
            return None;
        }
        match (min, max) {
            (None, None) => {
                self.report("has no bound", "write `{ min: 1, max: 10 }`, or one of them", report);
                None
            }
            (Some(min), Some(max)) if min > max => {
                self.report("has a `min` above its `max`", "swap the two", report);
                None
            }
            _ => Some(()),
        }
    }
}
