//! The way back as forms: one for each step, with what it will do.

use std::collections::BTreeSet;

use karat_hub::view::DecisionView;
use karat_model::decision::{Identity, Ruling, Settled, SettledValue};
use karat_model::evidence::Verdict;
use karat_model::id::RecordKey;

use super::HistoryPage;
use super::way_back::{Group, WayBack, as_identities};

/// A form that does one step.
pub(super) struct StepBack {
    pub heading: String,
    /// What it is about, and what it will do.
    pub told: Vec<String>,
    /// Where it is sent.
    pub address: &'static str,
    pub fields: Vec<(&'static str, String)>,
    pub button: &'static str,
}

const UNDO: &str = "/decisions/undo";
const DECIDE: &str = "/decisions";

impl HistoryPage {
    /// A form for each step; what no step brings back is told beside them.
    pub(super) fn steps_of(&self, way: &WayBack) -> Vec<StepBack> {
        let mut steps = Vec::new();
        steps.extend(self.undoing(way));
        for view in &way.again {
            steps.extend(self.deciding_again(way, view));
        }
        let Some((base, rest)) = way.base() else { return steps };
        for group in way.came.iter().filter(|group| !group.is_decided) {
            steps.push(self.parting(base, group));
        }
        for group in rest.iter().filter(|group| !group.is_decided) {
            steps.push(self.joining(base, group));
        }
        if !way.new.is_empty() {
            steps.push(self.parting_new(base, &way.new));
        }
        steps
    }

    fn undoing(&self, way: &WayBack) -> Option<StepBack> {
        let text = self.page.text;
        let numbers: Vec<String> =
            way.undo.iter().map(|view| view.decision.no.0.to_string()).collect();
        let (one, several) = (
            ["decision that was made since", "beslissing die sindsdien is genomen"],
            ["decisions that were made since", "beslissingen die sindsdien zijn genomen"],
        );
        let told = way.undo.iter().map(|view| self.decision(view));
        let told = told.chain(self.effects(way, &way.undo)).collect();
        let step = StepBack {
            heading: format!(
                "{} {}",
                text.say("Undo", "Maak ongedaan:"),
                text.counted(numbers.len(), &one, &several)
            ),
            told,
            address: UNDO,
            fields: vec![("decisions", numbers.join(","))],
            button: text.say("Undo", "Maak ongedaan"),
        };
        (!numbers.is_empty()).then_some(step)
    }

    /// A decision that was undone since, as the forms that make it again.
    fn deciding_again(&self, way: &WayBack, view: &DecisionView) -> Vec<StepBack> {
        let text = self.page.text;
        let told = || {
            let effects = self.effects(way, std::slice::from_ref(view));
            std::iter::once(self.decision(view)).chain(effects).collect()
        };
        let step = |fields| StepBack {
            heading: text
                .say(
                    "Make a decision again that was undone since",
                    "Neem een beslissing opnieuw die sindsdien ongedaan is gemaakt",
                )
                .into(),
            told: told(),
            address: DECIDE,
            fields,
            button: text.say("Decide it again", "Beslis opnieuw"),
        };
        match &view.decision.ruling {
            Ruling::Value(settled) => vec![step(fields_of_value(settled))],
            Ruling::Lock(records) => {
                let records = records.iter().map(|key| ("left", key.to_string()));
                vec![step(std::iter::once(("kind", "lock".to_string())).chain(records).collect())]
            }
            ruling => as_identities(ruling)
                .iter()
                .map(|identity| step(fields_of(kind_of(identity), &identity.left, &identity.right)))
                .collect(),
        }
    }

    /// The machine brought records together.
    fn parting(&self, base: &[RecordKey], group: &Group) -> StepBack {
        let text = self.page.text;
        let keys = self.keys(&group.records);
        let told = text.say(
            "was with another customer then; matching has brought it together with this one since. Decide that they are different customers, and they stay apart, whatever matching says.",
            "hoorde toen bij een andere klant; sindsdien heeft het matchen het bij deze gebracht. Beslis dat het verschillende klanten zijn, en ze blijven uit elkaar, wat het matchen ook zegt.",
        );
        StepBack {
            heading: text.say("Take them apart", "Haal ze uit elkaar").into(),
            told: vec![format!("{keys} ({}): {told}", self.customer(group))],
            address: DECIDE,
            fields: fields_of("different", base, &group.records),
            button: text.say("Different customers", "Verschillende klanten"),
        }
    }

    fn parting_new(&self, base: &[RecordKey], new: &[RecordKey]) -> StepBack {
        let text = self.page.text;
        let told = text.say(
            "was not there then. Only if it is another customer, decide so; else leave it.",
            "was er toen niet. Beslis dit alleen als het een andere klant is; laat het anders staan.",
        );
        StepBack {
            heading: text.say("New since then", "Nieuw sindsdien").into(),
            told: vec![format!("{}: {told}", self.keys(new))],
            address: DECIDE,
            fields: fields_of("different", base, new),
            button: text.say("Another customer", "Een andere klant"),
        }
    }

    /// The machine took records apart.
    fn joining(&self, base: &[RecordKey], group: &Group) -> StepBack {
        let text = self.page.text;
        let told = text.say(
            "belonged to this customer then, and is with another now. Decide that they are one customer, and they stay together, whatever matching says.",
            "hoorde toen bij deze klant en hoort nu bij een andere. Beslis dat het één klant is, en ze blijven bij elkaar, wat het matchen ook zegt.",
        );
        let keys = self.keys(&group.records);
        StepBack {
            heading: text.say("Bring them together", "Breng ze bij elkaar").into(),
            told: vec![format!("{keys} ({}): {told}", self.customer(group))],
            address: DECIDE,
            fields: fields_of("same", base, &group.records),
            button: text.say("One customer", "Eén klant"),
        }
    }

    /// What some decisions bring back.
    fn effects(&self, way: &WayBack, decisions: &[DecisionView]) -> Vec<String> {
        let text = self.page.text;
        let rulings = decisions.iter().map(|view| &view.decision.ruling);
        let of_records = rulings.filter(|ruling| !matches!(ruling, Ruling::Value(_)));
        let named: BTreeSet<&RecordKey> = of_records.flat_map(Ruling::records).collect();
        let is_named = |group: &&Group| group.records.iter().any(|key| named.contains(key));
        let told = |group: &Group, [one, several]: [&str; 2]| {
            let how = if group.records.len() == 1 { one } else { several };
            format!("→ {} {how} ({})", self.keys(&group.records), self.customer(group))
        };
        let leave = [
            text.say("goes back to the customer it was with", "gaat terug naar de klant van toen"),
            text.say("go back to the customer they were with", "gaan terug naar de klant van toen"),
        ];
        let return_here = [
            text.say("comes back to this customer", "komt terug bij deze klant"),
            text.say("come back to this customer", "komen terug bij deze klant"),
        ];
        let came = way.came.iter().filter(is_named).map(|group| told(group, leave));
        let went = way.went.iter().filter(is_named).map(|group| told(group, return_here));
        came.chain(went).collect()
    }

    /// Another customer, by name and id.
    fn customer(&self, group: &Group) -> String {
        let known = self.story.other(group.other);
        let name = known.map(|(_, other)| self.page.called(&other.title));
        let id = group.other.to_string();
        name.map_or_else(|| id.clone(), |name| format!("{name}, {id}"))
    }

    /// A decision in a line: what, who, when and why.
    fn decision(&self, view: &DecisionView) -> String {
        let text = self.page.text;
        let decision = &view.decision;
        let said = match &decision.ruling {
            Ruling::Identity(Identity { left, right, verdict }) => {
                format!("{} ↔ {}: {}", self.keys(left), self.keys(right), text.verdict(*verdict))
            }
            Ruling::Move { record, to, .. } if to.is_empty() => {
                format!("{record}: {}", text.say("a customer of its own", "een klant op zichzelf"))
            }
            Ruling::Move { record, to, .. } => {
                let how = text.say("moved to the customer of", "verplaatst naar de klant van");
                format!("{record}: {how} {}", self.keys(to))
            }
            Ruling::Lock(records) => {
                let how = text.say("customer locked", "klant vergrendeld");
                format!("{}: {how}", self.keys(records))
            }
            Ruling::Value(settled) => self.settled(settled),
        };
        let when = text.date_time(decision.at);
        let no = text.say("Decision", "Beslissing");
        let why = match decision.reason.as_str() {
            "" => String::new(),
            reason => format!(" “{reason}”"),
        };
        format!("{no} {} · {said} · {}, {when}{why}", decision.no.0, decision.steward)
    }

    fn settled(&self, settled: &Settled) -> String {
        let text = self.page.text;
        let (label, record) = (self.label(&settled.attribute), &settled.record);
        match &settled.value {
            SettledValue::OfRecord => {
                format!("{label}: {} {record}", text.say("pinned to", "vastgezet op"))
            }
            SettledValue::Text(value) => {
                let value = self.shown(&settled.attribute, value);
                format!("{label} ({record}): {} {value}", text.say("corrected to", "verbeterd in"))
            }
            SettledValue::None => {
                format!("{label} ({record}): {}", text.say("cleared", "leeggemaakt"))
            }
        }
    }
}

impl WayBack {
    /// The records that the others are joined to or parted from, and the groups that are left: those
    /// that stayed, or else those of the customer that has most of them.
    fn base(&self) -> Option<(&[RecordKey], Vec<&Group>)> {
        let mut groups: Vec<&Group> = self.went.iter().collect();
        if !self.stayed.is_empty() {
            return Some((&self.stayed, groups));
        }
        let largest = (0..groups.len()).max_by_key(|&at| groups[at].records.len())?;
        let base = groups.remove(largest);
        Some((&base.records, groups))
    }
}

fn kind_of(identity: &Identity) -> &'static str {
    match identity.verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::Related => "related",
        Verdict::Unsure => "unsure",
    }
}

fn fields_of(kind: &str, left: &[RecordKey], right: &[RecordKey]) -> Vec<(&'static str, String)> {
    let side = |name, keys: &[RecordKey]| -> Vec<(&'static str, String)> {
        keys.iter().map(|key| (name, key.to_string())).collect()
    };
    let mut fields = vec![("kind", kind.to_string())];
    fields.extend(side("left", left));
    fields.extend(side("right", right));
    fields
}

fn fields_of_value(settled: &Settled) -> Vec<(&'static str, String)> {
    let (kind, value) = match &settled.value {
        SettledValue::OfRecord => ("pin", None),
        SettledValue::Text(value) => ("correct", Some(value.clone())),
        SettledValue::None => ("clear", None),
    };
    let mut fields = vec![
        ("kind", kind.to_string()),
        ("record", settled.record.to_string()),
        ("attribute", settled.attribute.clone()),
        ("slot", settled.slot.to_string()),
    ];
    fields.extend(value.map(|value| ("value", value)));
    fields
}
