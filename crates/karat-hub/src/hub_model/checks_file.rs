//! The files `checks/<name>.yaml`: what is required of data, and what it is used for.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use karat_engine::quality::check::mistakes_of;
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{
    Check, CheckName, CustomerKind, Quantifier, Requirement, Scope, Share, Use,
};
use karat_model::finding::{Dimension, FindingCode, Severity};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use serde_json::json;

use super::amounts::{Cents, Heaviness};
use super::attributes::{KnownAttributes, Label};
use super::problem::{Place, Problem, Report};
use super::requirement_entry::{Names, RequirementEntry};
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::{listed, nearest};
use super::tree::{self, Node, Value};
use crate::validate::tables::mistake_in;

/// The checks that ship with Karat.
const STANDARD: &str = include_str!("standard_checks.yaml");

mapping! {
    /// What is required of data, and what it is used for.
    ChecksFile {
        /// Whether the checks that ship with Karat are made as well; true if left out.
        standard "standard": bool,
        /// Checks, each with a name of its own and one requirement.
        checks "checks": Entries<CheckEntry>,
        /// What data is used for, and the checks that a customer must pass to be fit for it.
        uses "uses": Entries<UseEntry>,
        /// Kinds of customers, and the checks that must pass before one is accepted.
        kinds "kinds": Entries<KindEntry>,
    }
}

mapping! {
    /// What a check says beside its requirement.
    CheckParts {
        /// On what it is made; as the word of its requirement has it if left out.
        on "on": Scope,
        /// The entity types that it is for; all if left out.
        of "of": Vec<Located<EntityType>>,
        /// The sources that it is for; all if left out.
        sources "sources": Vec<Located<String>>,
        /// The attributes of which it asks something.
        attributes "attributes": Vec<Located<String>>,
        /// Whether all values must meet it or any; all if left out.
        values "values": Quantifier,
        /// The condition under which it is required, in CEL.
        only_if "only_if": String,
        /// How bad a fail is; `warning` if left out.
        severity "severity": Severity,
        /// The dimension of quality that it measures; that of its word if left out.
        dimension "dimension": Dimension,
        /// Below this share of passes somebody is told; it never decides what is stored.
        pass_min "pass_min": Share,
        /// How heavily it weighs beside the other checks of its attribute; 1 if left out.
        weight "weight": Heaviness,
        /// What a failing record costs, in euros.
        cost "cost": Cents,
        /// Who answers for it.
        owner "owner": String,
        /// What people read when it fails: one text, or one for each language.
        message "message": Label,
    }
}

/// The keys of a check beside its requirement.
const PARTS: [&str; 13] = [
    "on",
    "of",
    "sources",
    "attributes",
    "values",
    "only_if",
    "severity",
    "dimension",
    "pass_min",
    "weight",
    "cost",
    "owner",
    "message",
];

/// A check: its parts, and one requirement.
#[derive(Debug)]
pub(super) struct CheckEntry {
    place: Place,
    parts: CheckParts,
    requirement: RequirementEntry,
}

impl Shape for CheckEntry {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<CheckEntry> {
        let mut parts = Vec::new();
        let mut words: Vec<(&'static str, Place, &Node)> = Vec::new();
        let mut has_unknown = false;
        for (name, value) in entries(node, key, report)? {
            let word = Requirement::WORDS.iter().find(|word| **word == name.text);
            if let Some(word) = word {
                words.push((word, name.place, value));
            } else if PARTS.contains(&&*name.text) {
                parts.push((name.clone(), value.clone()));
            } else {
                has_unknown = true;
                let all: Vec<&'static str> =
                    PARTS.iter().chain(Requirement::WORDS).copied().collect();
                report_unknown_check_key(name, &all, report);
            }
        }
        let parts = Node { place: node.place, value: Value::Mapping(parts) };
        let parts = CheckParts::read(&parts, key, report)?;
        let requirement = match words[..] {
            [(word, place, value)] => RequirementEntry::read(word, place, value, report)?,
            [] if has_unknown => return None,
            [] => {
                report
                    .error(node.place, format!("the check `{key}` requires nothing"))
                    .with_hint("add one requirement, such as `present: true` or `format: email`");
                return None;
            }
            [(first, ..), (second, place, _), ..] => {
                report
                    .error(place, format!("`{key}` has two requirements: `{first}` and `{second}`"))
                    .with_hint("make a check of each; a condition is `only_if`");
                return None;
            }
        };
        Some(CheckEntry { place: node.place, parts, requirement })
    }

    fn schema() -> serde_json::Value {
        let mut schema = CheckParts::schema();
        schema["description"] = json!("A check: one requirement, and what is said of it.");
        for word in Requirement::WORDS {
            let definition = Requirement::definition_of(word).unwrap_or_default();
            schema["properties"][*word] = described(RequirementEntry::schema_of(word), definition);
        }
        let one_of = Requirement::WORDS.iter().map(|word| json!({ "required": [word] }));
        schema["oneOf"] = one_of.collect();
        schema
    }
}

/// Reports a key that no check has, with the nearest one or where all are told.
fn report_unknown_check_key(key: &tree::Key, known: &[&'static str], report: &mut Report) {
    let hint = match nearest(&key.text, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!(
            "the keys of a check are {}, and one of the words of docs/checks/README.md",
            listed(PARTS)
        ),
    };
    report.error(key.place, format!("unknown key `{}`", key.text)).with_hint(hint);
}

mapping! {
    /// What data is used for.
    UseEntry {
        /// What people read: one text, or one for each language.
        label "label": Label,
        /// The entity types that it is for; all if left out.
        of "of": Vec<Located<EntityType>>,
        /// The checks that a customer must pass to be fit for it.
        needs "needs": Vec<Located<String>>,
    }
}

mapping! {
    /// A kind of customer.
    KindEntry {
        /// The entity types that it is for; all if left out.
        of "of": Vec<Located<EntityType>>,
        /// The checks that must pass before one is accepted.
        needs "needs": Vec<Located<String>>,
    }
}

/// All that the files of a folder say of checks, while they are read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The checks, with the file and place of each.
    checks: Vec<(Check, usize, Place)>,
    uses: Vec<(Use, Vec<Located<String>>, usize)>,
    kinds: Vec<(CustomerKind, Vec<Located<String>>, usize)>,
    is_standard_off: bool,
    /// Whether some check could not be read: a name that is not there may be one of those.
    has_wrong: bool,
    reports: Vec<Report>,
}

/// What is known when checks are read.
pub(super) struct Known<'a> {
    pub attributes: &'a KnownAttributes,
    /// The sources of the hub; `None` where there is no hub.
    pub sources: Option<&'a [SourceName]>,
    /// The folder from which reference files are named, if they are to be looked at.
    pub tables: Option<&'a Path>,
}

impl Gathered {
    /// Takes in what a file says.
    pub fn add(&mut self, file: Option<ChecksFile>, known: &Known, mut report: Report) {
        let at = self.reports.len();
        match file {
            None => self.has_wrong = true,
            Some(file) => self.add_file(file, at, known, &mut report),
        }
        self.reports.push(report);
    }

    fn add_file(&mut self, file: ChecksFile, at: usize, known: &Known, report: &mut Report) {
        self.has_wrong |= file.wrong.contains(&"checks");
        self.is_standard_off |= file.standard.is_some_and(|standard| !standard.value);
        if let Some(checks) = file.checks {
            self.has_wrong |= checks.value.has_wrong;
            for (name, entry) in checks.value.entries {
                let place = name.place;
                match self.check(name, entry, known, report) {
                    Some(check) => self.checks.push((check, at, place)),
                    None => self.has_wrong = true,
                }
            }
        }
        for (name, entry) in file.uses.map(|uses| uses.value.entries).unwrap_or_default() {
            let Some(name) = self.name_of_use(&name, &entry.wrong, &entry.needs, report) else {
                continue;
            };
            let label =
                entry.label.map_or_else(|| [name.clone(), name.clone()], |it| it.value.texts());
            let entity_types = types(entry.of);
            let needs = entry.needs.map(|needs| needs.value).unwrap_or_default();
            self.uses.push((Use { name, label, entity_types, needs: Vec::new() }, needs, at));
        }
        for (name, entry) in file.kinds.map(|kinds| kinds.value.entries).unwrap_or_default() {
            let Some(name) = self.name_of_use(&name, &entry.wrong, &entry.needs, report) else {
                continue;
            };
            let entity_types = types(entry.of);
            let needs = entry.needs.map(|needs| needs.value).unwrap_or_default();
            self.kinds.push((CustomerKind { name, entity_types, needs: Vec::new() }, needs, at));
        }
    }

    /// The name of a use or a kind, which says what it needs.
    fn name_of_use(
        &self,
        name: &Located<String>,
        wrong: &[&'static str],
        needs: &Option<Located<Vec<Located<String>>>>,
        report: &mut Report,
    ) -> Option<String> {
        CheckName::new(&name.value).map(|name| name.to_string()).or_else(|| {
            refuse_name(name, report);
            None
        })?;
        let says_needs = needs.as_ref().is_some_and(|needs| !needs.value.is_empty());
        if !says_needs && !wrong.contains(&"needs") {
            report
                .error(name.place, format!("`{}` needs no check", name.value))
                .with_hint("add `needs: [reachable]`, with the names of checks");
        }
        Some(name.value.clone())
    }

    fn check(
        &self,
        name: Located<String>,
        entry: CheckEntry,
        known: &Known,
        report: &mut Report,
    ) -> Option<Check> {
        let CheckEntry { place, parts, requirement: entry } = entry;
        let Some(check_name) = CheckName::new(&name.value) else {
            refuse_name(&name, report);
            return None;
        };
        if FindingCode::ALL.iter().any(|code| code.name() == name.value) {
            report
                .error(name.place, format!("a finding of cleaning is called `{}`", name.value))
                .with_hint("both are told by their names; give the check another one");
            return None;
        }
        if let Some((_, at, earlier)) = self.checks.iter().find(|it| it.0.name == check_name) {
            let file = self.reports.get(*at).map_or_else(
                || "this file".to_owned(),
                |report| report.file().display().to_string(),
            );
            report
                .error(name.place, format!("another check is called `{}`", name.value))
                .with_hint(format!(
                    "it is on line {} of {file}; give one another name",
                    earlier.line
                ));
            return None;
        }
        let word_place = entry.place;
        let source = |name: &Located<String>, report: &mut Report| find_source(name, known, report);
        let names = Names { known: known.attributes, source: &source };
        let requirement = entry.into_requirement(&names, report)?;
        let mut check = Check::new(check_name, requirement);
        check.attributes = attributes(parts.attributes.as_ref(), known.attributes, report)?;
        let needs_attributes = needs_attributes(&check.requirement);
        if needs_attributes && check.attributes.is_empty() && !parts.wrong.contains(&"attributes") {
            let word = check.requirement.word();
            report
                .error(place, format!("`{}` does not say of which attributes", name.value))
                .with_hint(format!("add `attributes: email`, for example, beside `{word}`"));
            return None;
        }
        if let Some(on) = &parts.on {
            if !can_be_on(&check.requirement, on.value) {
                let word = check.requirement.word();
                let usual = check.requirement.scope().name();
                report
                    .error(
                        on.place,
                        format!("`{word}` cannot be required of `{}`", on.value.name()),
                    )
                    .with_hint(format!("leave `on` out, or write `on: {usual}`"));
                return None;
            }
            check.on = on.value;
        }
        for source in parts.sources.iter().flat_map(|sources| &sources.value) {
            check.sources.push(find_source(source, known, report)?);
        }
        check.entity_types = types(parts.of);
        check.of_values = parts.values.map_or(check.of_values, |it| it.value);
        check.severity = parts.severity.map_or(check.severity, |it| it.value);
        check.dimension = parts.dimension.map_or(check.dimension, |it| it.value);
        check.weight = parts.weight.map_or(check.weight, |it| it.value.0);
        check.pass_min = parts.pass_min.map(|it| it.value);
        check.cost_cents = parts.cost.map(|it| it.value.0);
        check.owner = parts.owner.map(|it| it.value);
        check.message = parts.message.map(|it| it.value.texts());
        let only_if = parts.only_if;
        check.only_if = only_if.as_ref().map(|text| text.value.clone());
        let mut is_right = true;
        if let (Requirement::RefTable(table), Some(dir)) = (&check.requirement, known.tables)
            && let Some((message, hint)) = mistake_in(table, dir)
        {
            report.error(word_place, message).with_hint(hint);
            is_right = false;
        }
        for mistake in mistakes_of(&check, &known.attributes.set) {
            let of_condition = only_if.as_ref().filter(|_| mistake.key == "only_if");
            let place = of_condition.map_or(word_place, |text| text.place);
            let problem = report.error(place, format!("`{}`: {}", mistake.key, mistake.message));
            if let Some(hint) = mistake.hint {
                problem.with_hint(hint);
            }
            is_right = false;
        }
        is_right.then_some(check)
    }

    /// Puts what was gathered into a hub model, with the standard checks first, and reports names
    /// of checks that are not there.
    pub fn into_model(self, model: &mut HubModel) -> Vec<Problem> {
        let Gathered { checks, uses, kinds, is_standard_off, has_wrong, mut reports } = self;
        model.quality.has_standard_checks = !is_standard_off;
        let standard = if is_standard_off { None } else { Some(&*STANDARD_CHECKS) };
        let mut all: Vec<Check> = standard.map_or_else(Vec::new, |it| it.checks.to_vec());
        for (check, ..) in checks {
            // A check of the hub takes the place of the standard one with its name.
            match all.iter_mut().find(|known| known.name == check.name) {
                Some(known) => *known = check,
                None => all.push(check),
            }
        }
        let mut find_all = |needs: &[Located<String>], at: usize| {
            let report = &mut reports[at];
            let find = |name: &Located<String>| find_check(name, &all, has_wrong, report);
            needs.iter().filter_map(find).collect::<Vec<CheckName>>()
        };
        let mut all_uses: Vec<Use> = standard.map_or_else(Vec::new, |it| it.uses.to_vec());
        for (known, needs, at) in uses {
            let known = Use { needs: find_all(&needs, at), ..known };
            match all_uses.iter_mut().find(|other| other.name == known.name) {
                Some(other) => *other = known,
                None => all_uses.push(known),
            }
        }
        let mut all_kinds: Vec<CustomerKind> =
            standard.map_or_else(Vec::new, |it| it.kinds.to_vec());
        for (known, needs, at) in kinds {
            let known = CustomerKind { needs: find_all(&needs, at), ..known };
            match all_kinds.iter_mut().find(|other| other.name == known.name) {
                Some(other) => *other = known,
                None => all_kinds.push(known),
            }
        }
        model.checks = all.into();
        model.uses = all_uses.into();
        model.kinds = all_kinds.into();
        reports.into_iter().flat_map(Report::finish).collect()
    }
}

/// The checks that ship with Karat, their uses and kinds of customers.
pub(super) struct StandardChecks {
    checks: Arc<[Check]>,
    uses: Arc<[Use]>,
    kinds: Arc<[CustomerKind]>,
}

static STANDARD_CHECKS: LazyLock<StandardChecks> = LazyLock::new(|| {
    let mut report = Report::new("standard_checks.yaml");
    let attributes = KnownAttributes::builtin();
    let known = Known { attributes: &attributes, sources: None, tables: None };
    let node = tree::parse(STANDARD, &mut report);
    let file = node.and_then(|node| ChecksFile::read(&node, "standard_checks.yaml", &mut report));
    let mut gathered = Gathered { is_standard_off: true, ..Gathered::default() };
    gathered.add(file, &known, report);
    let mut model = HubModel::new("");
    let problems = gathered.into_model(&mut model);
    assert!(problems.is_empty(), "the standard checks are written right: {problems:?}");
    StandardChecks { checks: model.checks, uses: model.uses, kinds: model.kinds }
});

/// Gives a hub model the standard checks alone, as a folder without checks has them.
pub fn with_standard_checks(mut model: HubModel) -> HubModel {
    Gathered::default().into_model(&mut model);
    model
}

fn types(given: Option<Located<Vec<Located<EntityType>>>>) -> Vec<EntityType> {
    let mut types: Vec<EntityType> =
        given.map_or_else(Vec::new, |it| it.value.into_iter().map(|it| it.value).collect());
    types.sort_unstable();
    types.dedup();
    types
}

fn attributes(
    given: Option<&Located<Vec<Located<String>>>>,
    known: &KnownAttributes,
    report: &mut Report,
) -> Option<Vec<AttributeId>> {
    let mut ids = Vec::new();
    let mut is_whole = true;
    for name in given.iter().flat_map(|names| &names.value) {
        match known.find(name, report) {
            Some(id) if ids.contains(&id) => {
                report
                    .warning(name.place, format!("`{}` stands here twice", name.value))
                    .with_hint("remove one of the two");
            }
            Some(id) => ids.push(id),
            None => is_whole = false,
        }
    }
    is_whole.then_some(ids)
}

fn find_source(name: &Located<String>, known: &Known, report: &mut Report) -> Option<SourceName> {
    let found = SourceName::new(&name.value);
    let Some(sources) = known.sources else { return Some(found) };
    if found.as_str() == name.value && sources.contains(&found) {
        return Some(found);
    }
    let names = || sources.iter().map(SourceName::as_str);
    let hint = match nearest(&name.value, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if sources.is_empty() => "the hub has no sources yet".into(),
        None => format!("the sources are {}", listed(names())),
    };
    report.error(name.place, format!("unknown source `{}`", name.value)).with_hint(hint);
    None
}

fn find_check(
    name: &Located<String>,
    checks: &[Check],
    has_wrong: bool,
    report: &mut Report,
) -> Option<CheckName> {
    let found = checks.iter().find(|check| check.name.as_str() == name.value);
    match found {
        Some(check) if check.on.includes(Scope::Customers) => return Some(check.name.clone()),
        Some(check) => {
            let on = check.on.name();
            report
                .error(name.place, format!("`{}` is made on {on}, not on customers", name.value))
                .with_hint(
                    "name checks of customers: whether a customer is fit hangs on its own values",
                );
        }
        // It may be one of those whose mistakes have been reported.
        None if has_wrong => {}
        None => {
            let hint = match nearest(&name.value, checks.iter().map(|it| it.name.as_str())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "declare it under `checks`, in any file of the folder".into(),
            };
            report.error(name.place, format!("unknown check `{}`", name.value)).with_hint(hint);
        }
    }
    None
}

fn refuse_name(name: &Located<String>, report: &mut Report) {
    report
        .error(name.place, format!("`{}` cannot be a name here", name.value))
        .with_hint("use lower-case letters, digits and `_`, and start with a letter");
}

/// Whether a requirement is about attributes that the check must name.
fn needs_attributes(requirement: &Requirement) -> bool {
    use Requirement::*;
    !matches!(
        requirement,
        Expression(_)
            | DateOrder(_)
            | CrossField(_)
            | HierarchyAcyclic(_)
            | DuplicateCluster(_)
            | NotDeceased
            | RecordCoverage(_)
            | Reconciliation(_)
            | Freshness(_)
            | PropagationLatency(_)
            | Volume(_)
            | UsualVolume(_)
            | UsualNullRate(_)
            | UsualValues(_)
            | HasDefinition
            | HasOwner
            | HasSteward
            | HasLegalBasis
            | HasRetention
    )
}

/// Whether a requirement can be made on subjects of a scope.
fn can_be_on(requirement: &Requirement, on: Scope) -> bool {
    use Requirement::*;
    let of_values = matches!(on, Scope::Records | Scope::Customers | Scope::Both);
    match requirement {
        EqualAcrossSources | GoldenEqualsSource | DuplicateCluster(_) => on == Scope::Customers,
        Referential(_) | RelationPresent(_) | HierarchyAcyclic(_) => on == Scope::Records,
        other => match other.scope() {
            Scope::Deliveries | Scope::Definitions => on == other.scope(),
            _ => of_values,
        },
    }
}
