//! What a form decides, in the words of the journal.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use karat_hub::view::{AsOf, EntityLookup, HubReader};
use karat_model::decision::{DecisionNo, Ruling};
use karat_model::id::{EntityId, RecordKey};

use crate::api::{REASON_CHARACTERS_MAX, RulingBody, rulings};
use crate::console::{Console, Problem, Visit};
use crate::serving::Server;

/// The fields of a form; a name may come more than once.
pub(in crate::console) type Fields = Vec<(String, String)>;

/// A form that decides.
///
/// Who is decided about is said in one of two ways: by the records of the two sides, `left` and
/// `right`, where what is on the right is not on the left; or by customers as they were seen, each
/// record in a field `seen` behind the id of its customer, of which those count that are a
/// `customer`, or all.
#[derive(Default)]
pub(in crate::console) struct DecisionForm(Fields);

/// A value is settled of the first of several unless the form says otherwise.
const FIRST_SLOT: u8 = 0;

impl DecisionForm {
    /// A form as it was sent; one that cannot be read has no fields.
    pub fn of(fields: Result<Form<Fields>, FormRejection>) -> DecisionForm {
        fields.map_or_else(|_| DecisionForm::default(), |Form(fields)| DecisionForm(fields))
    }

    /// The only value of a field, or the first.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The same with the records of the customers of its items, as they are now: what is decided
    /// after it was looked at is decided about these.
    ///
    /// An item of which a customer is gone meanwhile is left out.
    pub async fn seeing(self, console: &Console, visit: &Visit) -> Result<DecisionForm, Problem> {
        let items: Vec<Vec<EntityId>> = self.all("item").map(customers_in).collect();
        if items.is_empty() || self.all("seen").next().is_some() {
            return Ok(self);
        }
        let read = |hub: &dyn HubReader| {
            let mut seen = Fields::new();
            for item in items {
                let mut of_item = Fields::new();
                for id in &item {
                    if let EntityLookup::Found(entity) = hub.entity(*id, AsOf::Now)? {
                        let field = |key: RecordKey| ("seen".into(), format!("{id} {key}"));
                        of_item.extend(entity.records.into_iter().map(field));
                    }
                }
                let is_seen = |id: &EntityId| {
                    of_item.iter().any(|(_, seen)| seen.starts_with(&format!("{id} ")))
                };
                if item.iter().all(is_seen) {
                    let ids: Vec<String> = item.iter().map(EntityId::to_string).collect();
                    seen.push(("item".into(), ids.join(",")));
                    seen.extend(of_item);
                }
            }
            Ok(seen)
        };
        let seen = console.ask(visit, read).await?;
        let others = self.0.into_iter().filter(|(name, _)| name != "item");
        Ok(DecisionForm(others.chain(seen).collect()))
    }

    /// All that another form needs to say the same.
    pub fn hidden(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| name != super::super::gate::CSRF_FIELD)
    }

    /// The page that the form leads back to.
    pub fn back(&self) -> String {
        let address = self.one("back");
        let is_own = address.starts_with('/') && !address.starts_with("//");
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if is_own && is_plain { address.into() } else { "/decisions".into() }
    }

    /// Why it is decided.
    pub fn reason(&self) -> String {
        let reason: String = self.one("reason").chars().take(REASON_CHARACTERS_MAX).collect();
        reason.replace('\0', "")
    }

    /// The decisions that it is about.
    pub fn decisions(&self) -> Vec<DecisionNo> {
        let numbers = self.one("decisions").split(',');
        numbers.filter_map(|no| no.parse().ok()).map(DecisionNo).collect()
    }

    /// What it decides; `None` when it does not say so in a way that can be.
    pub async fn rulings(&self, server: &Server) -> Option<Vec<Ruling>> {
        let mut decided = Vec::new();
        for body in self.bodies()? {
            decided.extend(rulings(server, body).await.ok()?);
        }
        Some(decided)
    }

    fn bodies(&self) -> Option<Vec<RulingBody>> {
        let record = || self.one("record").to_string();
        let attribute = || self.one("attribute").to_string();
        let slot = self.one("slot").parse().unwrap_or(FIRST_SLOT);
        let kind = self.one("kind");
        Some(match kind {
            "same" | "different" | "related" | "unsure" => return self.identities(kind),
            "move" => {
                let to = Some(self.one("to")).filter(|to| !to.is_empty()).map(str::to_string);
                vec![RulingBody::Move { record: record(), to }]
            }
            "pin" => vec![RulingBody::Pin { record: record(), attribute: attribute(), slot }],
            "clear" => vec![RulingBody::Clear { record: record(), attribute: attribute(), slot }],
            "correct" => {
                let value = self.one("value").to_string();
                vec![RulingBody::Correct { record: record(), attribute: attribute(), slot, value }]
            }
            "lock" => {
                let records = self.all("left").map(str::to_string).collect();
                vec![RulingBody::Lock { records }]
            }
            _ => return None,
        })
    }

    /// What is said of each item, or of all sides there are.
    fn identities(&self, kind: &str) -> Option<Vec<RulingBody>> {
        let items: Vec<Vec<EntityId>> = self.all("item").map(customers_in).collect();
        if items.is_empty() {
            return identities_of(kind, &self.sides());
        }
        let mut bodies = Vec::new();
        for item in items {
            let sides: Vec<Vec<String>> = item.iter().map(|id| self.seen_of(id)).collect();
            bodies.extend(identities_of(kind, &sides)?);
        }
        Some(bodies)
    }

    /// The records of a customer, as they were seen.
    fn seen_of(&self, customer: &EntityId) -> Vec<String> {
        let customer = customer.to_string();
        let seen = self.all("seen").filter_map(|field| field.split_once(' '));
        seen.filter(|(of, _)| *of == customer).map(|(_, record)| record.to_string()).collect()
    }

    /// The records of those that are decided about.
    fn sides(&self) -> Vec<Vec<String>> {
        let seen: Vec<(&str, &str)> =
            self.all("seen").filter_map(|field| field.split_once(' ')).collect();
        if seen.is_empty() {
            let right: Vec<String> = self.all("right").map(str::to_string).collect();
            let left = self.all("left").map(str::to_string);
            return vec![left.filter(|key| !right.contains(key)).collect(), right];
        }
        let chosen: Vec<&str> = self.all("customer").collect();
        let mut customers: Vec<&str> = seen.iter().map(|(customer, _)| *customer).collect();
        customers.dedup();
        customers.retain(|customer| chosen.is_empty() || chosen.contains(customer));
        let records = |customer: &str| {
            let of = seen.iter().filter(|(of, _)| *of == customer);
            of.map(|(_, record)| record.to_string()).collect()
        };
        customers.into_iter().map(records).collect()
    }
}

/// The customers that a field lists.
fn customers_in(field: &str) -> Vec<EntityId> {
    field.split(',').filter_map(|id| id.trim().parse().ok()).collect()
}

/// The same is said of all sides at once, anything else of each two of them.
fn identities_of(kind: &str, sides: &[Vec<String>]) -> Option<Vec<RulingBody>> {
    let is_whole = sides.len() > 1 && sides.iter().all(|side| !side.is_empty());
    let (first, rest) = sides.split_first().filter(|_| is_whole)?;
    if kind == "same" {
        return Some(vec![RulingBody::Same { left: first.clone(), right: rest.concat() }]);
    }
    let mut bodies = Vec::new();
    for (at, left) in sides.iter().enumerate() {
        for right in &sides[at + 1..] {
            let (left, right) = (left.clone(), right.clone());
            bodies.push(match kind {
                "different" => RulingBody::Different { left, right },
                "related" => RulingBody::Related { left, right },
                _ => RulingBody::Unsure { left, right },
            });
        }
    }
    Some(bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> DecisionForm {
        let owned = fields.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        DecisionForm(owned.collect())
    }

    fn told(form: &DecisionForm) -> String {
        let bodies = form.bodies().unwrap_or_default();
        serde_json::to_string(&bodies).unwrap()
    }

    #[test]
    fn customers_as_they_were_seen_are_decided_about() {
        let seen =
            [("seen", "A crm/1"), ("seen", "A crm/2"), ("seen", "B shop/3"), ("seen", "C erp/4")];
        let with = |more: &[(&str, &str)]| told(&form(&[&seen[..], more].concat()));
        assert_eq!(
            with(&[("kind", "same")]),
            r#"[{"kind":"same","left":["crm/1","crm/2"],"right":["shop/3","erp/4"]}]"#
        );
        assert_eq!(
            with(&[("kind", "different"), ("customer", "A"), ("customer", "C")]),
            r#"[{"kind":"different","left":["crm/1","crm/2"],"right":["erp/4"]}]"#
        );
        assert_eq!(with(&[("kind", "unsure")]).matches("unsure").count(), 3, "each two");
        assert_eq!(with(&[("kind", "same"), ("customer", "B")]), "[]", "one alone is nothing");
    }

    #[test]
    fn what_goes_to_the_right_leaves_the_left() {
        let sides = [("left", "crm/1"), ("left", "crm/2"), ("right", "crm/2")];
        let split = form(&[&sides[..], &[("kind", "different")]].concat());
        assert_eq!(told(&split), r#"[{"kind":"different","left":["crm/1"],"right":["crm/2"]}]"#);
        let lock = form(&[("kind", "lock"), ("left", "crm/1"), ("left", "crm/2")]);
        assert_eq!(told(&lock), r#"[{"kind":"lock","records":["crm/1","crm/2"]}]"#);
    }

    /// What is ticked together is decided item by item.
    #[test]
    fn items_are_decided_each_by_itself() {
        let ids = ["crm/1", "crm/2", "erp/3", "erp/4"]
            .map(|key| EntityId::founded_by(&key.parse().unwrap()).to_string());
        let [one, other] = [[0, 1], [2, 3]].map(|[a, b]| format!("{},{}", ids[a], ids[b]));
        let seen = [(0, "crm/1"), (0, "crm/9"), (1, "crm/2"), (2, "erp/3"), (3, "erp/4")]
            .map(|(of, key)| format!("{} {key}", ids[of]));
        let mut fields = vec![("item", one.as_str()), ("item", other.as_str())];
        fields.extend(seen.iter().map(|seen| ("seen", seen.as_str())));
        fields.push(("kind", "same"));
        let expected = r#"[{"kind":"same","left":["crm/1","crm/9"],"right":["crm/2"]},"#;
        let told = told(&form(&fields));
        assert!(told.starts_with(expected) && told.ends_with(r#""right":["erp/4"]}]"#), "{told}");
        // An item of which somebody was not seen is nothing that could be decided about.
        let half = form(&[("item", one.as_str()), ("seen", &seen[0]), ("kind", "same")]);
        assert_eq!(self::told(&half), "[]");
    }

    #[test]
    fn forms_lead_back_to_pages_of_the_console_alone() {
        for (back, led) in [
            ("/customers/ABC?from=1#golden", "/customers/ABC?from=1#golden"),
            ("//elsewhere.example/", "/decisions"),
            ("https://elsewhere.example/", "/decisions"),
            ("/\\elsewhere.example", "/decisions"),
            ("/a\r\nb", "/decisions"),
            ("", "/decisions"),
        ] {
            assert_eq!(form(&[("back", back)]).back(), led, "{back:?}");
        }
        assert_eq!(form(&[("decisions", "3,4,x")]).decisions(), [DecisionNo(3), DecisionNo(4)]);
    }
}
