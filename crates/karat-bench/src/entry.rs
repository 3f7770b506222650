//! Right the first time: customers are typed at the entry gate of a hub that has one record of
//! each, as an application would; who becomes a customer twice without a warning?

use std::collections::HashSet;
use std::io;
use std::path::Path;

use karat_hub::Hub;
use serde_json::{Value, json};

use crate::read_labels;
use crate::served::{Client, Sent, Server, api_key};
use crate::shuffles::{as_sent, copy_hub_model, put_match_model, shuffled};

/// Of so many customers one is not in the hub when the typing begins.
const NEW_PART: usize = 5;

/// What became of customers that were typed.
#[derive(Default)]
struct Typed {
    count: u64,
    /// Refused for what they lack; whoever else is told of is complete.
    lacking: u64,
    likely: u64,
    possible: u64,
    /// Created without a word.
    unwarned: u64,
}

/// Makes a hub with the hub model and the match model of a loaded one, sends it one record of most
/// customers, and types all other records under the policy `strict`. A clerk who is warned of
/// somebody makes no second customer of them.
pub fn entry(dir: &Path) -> io::Result<()> {
    let loaded = Hub::open(&dir.join("hub")).map_err(io::Error::other)?;
    let reader = loaded.database().open_reader().map_err(io::Error::other)?;
    let records = as_sent(reader.as_ref())?;
    let model = reader.model().map_err(io::Error::other)?;
    let model = model.ok_or_else(|| io::Error::other("the hub has no match model"))?;
    let truth = read_labels(&dir.join("truth.csv"))?;
    let folder = dir.join("entry");
    copy_hub_model(&dir.join("hub"), &folder)?;
    let path = folder.join("hub.yaml");
    let hub_yaml = std::fs::read_to_string(&path)?;
    std::fs::write(path, format!("{hub_yaml}\nentry: {{ policy: strict }}\n"))?;
    put_match_model(&Hub::open(&folder).map_err(io::Error::other)?, &model)?;

    let mut server = Server::start(&folder, Some(&api_key(&folder)?))?;
    server.wait_until_ready()?;
    let client = server.client();
    let mut customers: Vec<&String> = truth.values().collect();
    customers.sort_unstable();
    customers.dedup();
    let order = shuffled(customers.len(), 1);
    let new: HashSet<&String> =
        order[..customers.len() / NEW_PART].iter().map(|at| customers[*at]).collect();
    let mut known: HashSet<&String> = HashSet::new();
    let mut typed: Vec<(&Sent, &String)> = Vec::new();
    for at in shuffled(records.len(), 2) {
        let record = &records[at];
        let Some(customer) = truth.get(&record.id) else { continue };
        if !new.contains(customer) && known.insert(customer) {
            client.put(record)?.done()?;
        } else {
            typed.push((record, customer));
        }
    }
    println!("{} customers are in the hub, one record each", known.len());
    let (mut again, mut first) = (Typed::default(), Typed::default());
    for (record, customer) in typed {
        let told = if known.contains(customer) { &mut again } else { &mut first };
        let is_created = told.type_in(&client, record, customer)?;
        if is_created {
            known.insert(customer);
        }
    }
    again.print("known already");
    first.print("new");
    Ok(())
}

impl Typed {
    /// Has a record checked, and makes a customer of it if nothing speaks against it.
    fn type_in(&mut self, client: &Client, record: &Sent, customer: &str) -> io::Result<bool> {
        let mut types = ["person", "organisation"];
        if customer.starts_with('C') {
            types.reverse();
        }
        self.count += 1;
        for kind in types {
            if let Some(is_created) = self.type_as(client, record, kind)? {
                return Ok(is_created);
            }
        }
        Err(io::Error::other(format!("{}/{} is of no type", record.source, record.id)))
    }

    /// The same as a person or an organisation; `None` if the hub takes it for the other.
    fn type_as(&mut self, client: &Client, record: &Sent, kind: &str) -> io::Result<Option<bool>> {
        let Sent { source, id, values, .. } = record;
        let mut body = json!({ "source": source, "kind": "customer", "values": values });
        let checked = client.post(&format!("/v1/{kind}/check"), &body)?.done()?.body;
        let reasons = checked["decision"]["reasons"].as_array();
        let is_lack = |reason: &Value| reason["rule"] != "entry:duplicate";
        if reasons.into_iter().flatten().any(is_lack) {
            self.lacking += 1;
            return Ok(Some(false));
        }
        match checked["duplicate"].as_str() {
            Some("likely") => self.likely += 1,
            Some("possible") => self.possible += 1,
            _ => {
                body["id"] = id.as_str().into();
                let answered = client.post(&format!("/v1/{kind}"), &body)?;
                let detail = answered.body["detail"].as_str().unwrap_or_default();
                if detail.starts_with("By the hub model, such a record is of type") {
                    return Ok(None);
                }
                answered.done()?;
                self.unwarned += 1;
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    fn print(&self, name: &str) {
        let complete = (self.count - self.lacking).max(1) as f64;
        let share = |count: u64| 1e2 * count as f64 / complete;
        println!(
            "typed who are {name}: {}, {} of them refused for what they lack; of the others \
             likely known {:.2} %, possibly {:.2} %, created without a warning {} ({:.2} %)",
            self.count,
            self.lacking,
            share(self.likely),
            share(self.possible),
            self.unwarned,
            share(self.unwarned)
        );
    }
}
