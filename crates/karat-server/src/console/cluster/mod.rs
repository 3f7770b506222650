//! The cluster of one customer: what holds its records together, and where it breaks.
//!
//! Arrives: the id of a customer, and the weight from which on its records would be linked.
//! Leaves: a drawing, the same as tables, and the forms by which a steward cuts, splits, moves, locks
//! and undoes.
//! Promises: nothing is clustered here; what is shown was divided by what divides all records.
//! Start reading at [`show`]; `drawing.rs` has the drawing, `slider.rs` the weight, and `parting.rs`
//! and `decided.rs` have the forms.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use karat_hub::view::{
    Cluster, ClusterPair, CustomerSummary, CutView, NearbyCustomer, PairRole, RecordDetail,
};
use karat_model::attribute::AttributeId;
use karat_model::evidence::{PairExplanation, Verdict};
use karat_model::id::RecordKey;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit, customer};
use crate::access::Permission;
use crate::reasons::{Reasons, reasons};

mod drawing;
mod slider;
mod decided;
mod parting;

use decided::DecidedForm;
use parting::PartingForm;
use slider::Slider;

#[derive(Template)]
#[template(path = "console/cluster/template.html")]
struct ClusterPage {
    page: Page,
    cluster: Cluster,
    outside: Vec<Outside>,
}

/// Another customer that stands beside the records in the drawing.
struct Outside {
    customer: CustomerSummary,
    /// What it is called in the drawing: `C1`.
    sign: String,
    /// Why it may be the same, if it may.
    nearby: Option<NearbyCustomer>,
    /// What a steward said of some of the records and it.
    kept_apart: Option<(Verdict, Vec<usize>)>,
}

/// Shows a cluster, leads on from an id the customer had before, or says that there is none.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    entity_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = customer::id_of(&visit, entity_id)?;
    let threshold = visit.parameter("threshold").and_then(slider::weight_of);
    let lookup = console.ask(&visit, move |hub| hub.cluster(id, threshold)).await?;
    let cluster = match customer::found(&visit, id, lookup)? {
        Ok(cluster) => cluster,
        Err(successor) => {
            return Ok(customer::led_on(&format!("/customers/{successor}/cluster")));
        }
    };
    let page = Page::new(&visit, Section::Elsewhere);
    let outside = outside(&page, &cluster);
    Ok(render(ClusterPage { page, cluster, outside }))
}

/// The customers that stand beside the records: those that may be the same, then those that a
/// steward said are not.
fn outside(page: &Page, cluster: &Cluster) -> Vec<Outside> {
    let mut outside: Vec<Outside> = Vec::new();
    let mut at = |customer: &CustomerSummary| {
        outside.iter().position(|known| known.customer.id == customer.id).unwrap_or_else(|| {
            let sign = format!("{}{}", page.text.say("C", "K"), outside.len() + 1);
            let customer = customer.clone();
            outside.push(Outside { customer, sign, nearby: None, kept_apart: None });
            outside.len() - 1
        })
    };
    let near: Vec<usize> = cluster.nearby.iter().map(|nearby| at(&nearby.other)).collect();
    let apart: Vec<usize> = cluster.kept_apart.iter().map(|kept| at(&kept.customer)).collect();
    for (at, nearby) in near.into_iter().zip(&cluster.nearby) {
        outside[at].nearby.get_or_insert_with(|| nearby.clone());
    }
    for (at, kept) in apart.into_iter().zip(&cluster.kept_apart) {
        outside[at].kept_apart.get_or_insert_with(|| (kept.verdict, kept.records.clone()));
    }
    outside
}

/// Attributes that tell records of one customer apart, those that tell most first.
const TELLING: [AttributeId; 6] = [
    AttributeId::BIRTH_DATE,
    AttributeId::KVK_NUMBER,
    AttributeId::POSTCODE,
    AttributeId::CITY,
    AttributeId::EMAIL,
    AttributeId::PHONE,
];

impl ClusterPage {
    fn path(&self) -> String {
        format!("/customers/{}/cluster", self.cluster.summary.id)
    }

    fn may_decide(&self) -> bool {
        self.page.may(Permission::Decide)
    }

    fn has_several(&self) -> bool {
        self.cluster.records.len() > 1
    }

    fn key(&self, place: &usize) -> &RecordKey {
        &self.cluster.records[*place].record.key
    }

    /// How many pairs do this for the customer.
    fn count(&self, role: PairRole) -> usize {
        self.cluster.pairs.iter().filter(|pair| pair.role == role).count()
    }

    /// What the customer hangs by, in a sentence.
    fn hangs_by(&self) -> String {
        let text = self.page.text;
        let (bridges, links) = (self.count(PairRole::Bridge), self.count(PairRole::Link));
        let sources = self.cluster.summary.sources.len();
        format!(
            "{} {} {}. {} {} {} {}; {} {}.",
            text.records(self.cluster.records.len()),
            text.say("of", "van"),
            text.counted(sources, &["source", "bron"], &["sources", "bronnen"]),
            text.say("Linked pairs:", "Gekoppelde paren:"),
            text.count(bridges + links),
            text.say("of", "van"),
            text.count(self.cluster.pairs.len()),
            text.say("bridges:", "bruggen:"),
            text.count(bridges),
        )
    }

    fn slider(&self) -> Option<Slider> {
        Slider::of(&self.cluster)
    }

    /// Whether the records are looked at under another threshold than the one in force.
    fn is_recut(&self) -> bool {
        self.cluster.threshold > self.cluster.link_threshold
    }

    fn is_divided(&self) -> bool {
        self.cluster.groups.len() > 1
    }

    /// What becomes of the records at the threshold, in a sentence.
    fn falls(&self) -> String {
        let text = self.page.text;
        let at = format!(
            "{} {} bits",
            text.say("At", "Bij"),
            slider::shown(&self.cluster.threshold, &text)
        );
        let groups = text.count(self.cluster.groups.len());
        match (self.is_divided(), self.is_recut()) {
            (false, false) => format!(
                "{at}, {}",
                text.say(
                    "the link threshold, these records are one group.",
                    "de koppeldrempel, zijn deze records één groep."
                )
            ),
            (false, true) => format!(
                "{at} {}",
                text.say(
                    "these records are still one group.",
                    "zijn deze records nog steeds één groep."
                )
            ),
            (true, true) => format!(
                "{at} {} {groups} {}",
                text.say("these records fall into", "vallen deze records uiteen in"),
                text.say("groups:", "groepen:"),
            ),
            (true, false) => format!(
                "{at}, {} {groups} {}",
                text.say(
                    "the link threshold, these records alone would be",
                    "de koppeldrempel, zouden deze records op zichzelf uiteenvallen in"
                ),
                text.say("groups:", "groepen:"),
            ),
        }
    }

    /// The letters of a group, if there are several.
    fn letters(&self, group: &usize) -> String {
        if self.is_divided() { letters(*group) } else { String::new() }
    }

    /// The letters of the group of a record, if there are several.
    fn letters_of(&self, place: &usize) -> String {
        self.letters(&self.group_of(place))
    }

    /// The group of a record.
    fn group_of(&self, place: &usize) -> usize {
        let groups = &self.cluster.groups;
        groups.iter().position(|group| group.contains(place)).unwrap_or_default()
    }

    /// The numbers of records as the drawing and the table have them.
    fn numbers(&self, places: &[usize]) -> String {
        let numbers: Vec<String> =
            places.iter().map(|place| self.page.text.count(place + 1)).collect();
        numbers.join(", ")
    }

    /// The attributes of which some record has a value, and that tell records apart.
    fn telling(&self) -> Vec<AttributeId> {
        let is_filled = |attribute: &AttributeId| {
            self.cluster.records.iter().any(|record| claim(record, attribute).is_some())
        };
        TELLING.into_iter().filter(is_filled).collect()
    }

    fn value(&self, record: &RecordDetail, attribute: &AttributeId) -> String {
        claim(record, attribute).map_or_else(String::new, |value| self.page.shown(attribute, value))
    }

    /// The pairs that are explained, the most needed first.
    fn told(&self) -> Vec<(&ClusterPair, &PairExplanation)> {
        let pairs = self.cluster.pairs.iter();
        let mut told: Vec<(&ClusterPair, &PairExplanation)> =
            pairs.filter_map(|pair| Some((pair, pair.explanation.as_deref()?))).collect();
        told.sort_by_key(|(pair, _)| pair.role);
        told
    }

    /// How many pairs do something and are not told.
    fn untold(&self) -> usize {
        let does = |pair: &&ClusterPair| pair.role < PairRole::Apart && pair.explanation.is_none();
        self.cluster.pairs.iter().filter(does).count()
    }

    fn is_tied(&self, pair: &ClusterPair) -> bool {
        self.cluster.ties.contains(&[pair.left, pair.right])
    }

    fn role(&self, pair: &ClusterPair) -> &'static str {
        let text = self.page.text;
        match pair.role {
            PairRole::Bridge => text.say("bridge", "brug"),
            PairRole::Link => text.say("link", "schakel"),
            PairRole::Weak => text.say("too weak for a link", "te zwak voor een schakel"),
            PairRole::Apart => text.say("speaks against it", "spreekt ertegen"),
        }
    }

    fn reasons(&self, pair: &PairExplanation) -> Reasons {
        reasons(pair, None, self.page.attributes(), self.page.text)
    }

    fn not_linked(&self, nearby: &NearbyCustomer) -> String {
        reasons(&nearby.pair, nearby.held, self.page.attributes(), self.page.text).not_linked
    }

    /// What a steward said of some records and another customer.
    fn told_apart(&self, verdict: &Verdict, places: &[usize]) -> String {
        let text = self.page.text;
        let is_related = *verdict == Verdict::Related;
        let told = match is_related {
            true => text.say(
                "A steward decided that it is another customer, though related to, no.",
                "Een datasteward besliste dat dit een andere klant is, wel verwant, dan nr.",
            ),
            false => text.say(
                "A steward decided that it is another customer than no.",
                "Een datasteward besliste dat dit een andere klant is dan nr.",
            ),
        };
        format!("{told} {}.", self.numbers(places))
    }

    /// The form that parts records at the weakest cut, and that cut.
    fn weakest_parting(&self) -> Option<(PartingForm<'_>, &CutView)> {
        let cut = self.cluster.weakest_cut.as_ref()?;
        let is_left = |place: &usize| cut.left.contains(self.key(place));
        Some((self.parting("cut".into(), is_left), cut))
    }

    /// The forms that part records as the slider divides them: one for two groups, else one for
    /// each group against all others.
    fn partings(&self) -> Vec<PartingForm<'_>> {
        let groups = match self.cluster.groups.len() {
            0 | 1 => &[],
            2 => &self.cluster.groups[..1],
            _ => &self.cluster.groups[..],
        };
        let parting = |(number, group): (usize, &Vec<usize>)| {
            self.parting(format!("group-{number}"), |place| group.contains(place))
        };
        groups.iter().enumerate().take(PARTINGS_MAX).map(parting).collect()
    }

    /// The form that parts some records from all others.
    fn parting(&self, at: String, is_left: impl Fn(&usize) -> bool) -> PartingForm<'_> {
        let keys = |is_wanted: bool| {
            let places = 0..self.cluster.records.len();
            places
                .filter(|place| is_left(place) == is_wanted)
                .map(|place| self.key(&place))
                .collect()
        };
        let crosses = |[one, other]: &[usize; 2]| is_left(one) != is_left(other);
        let overrules = self.cluster.ties.iter().any(crosses);
        let (left, right) = (keys(true), keys(false));
        PartingForm { page: &self.page, back: self.path(), at, left, right, overrules }
    }

    fn decided(&self) -> Vec<DecidedForm<'_>> {
        let decisions = self.cluster.decisions.iter();
        let form = |decision| DecidedForm { page: &self.page, back: self.path(), decision };
        decisions.map(form).collect()
    }
}

/// How many groups a form parts from the others.
const PARTINGS_MAX: usize = 12;

/// What a record says of an attribute first.
fn claim<'r>(record: &'r RecordDetail, attribute: &AttributeId) -> Option<&'r str> {
    let mut claims = record.cleaned.claims.iter();
    claims.find(|claim| claim.attribute == *attribute).map(|claim| &*claim.value)
}

/// The letters of a group, as columns of a spreadsheet have them: A to Z, then AA.
fn letters(group: usize) -> String {
    let last = char::from(b'A' + (group % 26) as u8);
    match group / 26 {
        0 => last.into(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_letters_as_columns_of_a_spreadsheet() {
        let all: Vec<String> = [0, 1, 25, 26, 51, 52].into_iter().map(letters).collect();
        assert_eq!(all, ["A", "B", "Z", "AA", "AZ", "BA"]);
    }
}
