//! `karat confirm`: tells the hub what somebody found out of a value.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use karat_hub::Hub;
use karat_hub::live::Writer;
use karat_hub::share::moment;
use karat_hub::view::{Change, ChangeRequest, Changed, ConfirmationView, HubReader, Refused};
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use karat_model::id::{RecordKey, SourceName};
use karat_server::api::confirmation_json;

use super::{now, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// Tell what somebody found out of a value: it is right, or mail came back
///
/// It counts at once: what is judged of the record and its customer is another, and how sure the
/// value still is. It is about the value that the record has now; another value at the same place is
/// not touched by it. Without ATTRIBUTE it lists what was found out of the record.
#[derive(Args, Debug)]
pub struct Confirm {
    /// The source of the record
    #[arg(required_unless_present = "undo")]
    source: Option<String>,
    /// The id of the record in its source
    #[arg(required_unless_present = "undo")]
    id: Option<String>,
    /// The name of the attribute, or `address` for all parts of an address
    #[arg(requires = "found")]
    attribute: Option<String>,
    /// How it was found out
    #[arg(long = "as", value_enum, requires = "attribute")]
    found: Option<Found>,
    /// The value that is meant, as it is shown; needed where the record has several
    #[arg(long, requires = "attribute")]
    value: Option<String>,
    /// Undo the confirmation with this number
    #[arg(long, conflicts_with_all = ["source", "id", "attribute", "found", "value"])]
    undo: Option<u64>,
    /// Why, or more about it
    #[arg(long, default_value = "")]
    reason: String,
    /// Who says so
    #[arg(long, default_value = "command line")]
    by: String,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How it was found out whether a value is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Found {
    /// The customer says that it is so
    Customer,
    /// A letter came back: of parts of an address
    MailReturned,
    /// A message could not be delivered: of an e-mail address
    Bounced,
    /// Somebody else answers, or nobody ever does: of a phone number
    WrongNumber,
}

impl From<Found> for ConfirmationKind {
    fn from(found: Found) -> ConfirmationKind {
        match found {
            Found::Customer => ConfirmationKind::Customer,
            Found::MailReturned => ConfirmationKind::MailReturned,
            Found::Bounced => ConfirmationKind::Bounced,
            Found::WrongNumber => ConfirmationKind::WrongNumber,
        }
    }
}

impl Confirm {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let (steward, reason) = (self.by.clone(), self.reason.clone());
        if let Some(no) = self.undo {
            let confirmation = ConfirmationNo(no);
            change(&hub, Change::Withdraw { confirmation, steward, reason })?;
            self.tell(serde_json::json!({ "undone": no }), format!("Undid confirmation {no}."));
            return Ok(ExitCode::SUCCESS);
        }
        let source = SourceName::new(self.source.as_deref().unwrap_or_default());
        let key = RecordKey::new(source, self.id.as_deref().unwrap_or_default());
        let (Some(attribute), Some(found)) = (self.attribute.clone(), self.found) else {
            self.list(&hub, &key)?;
            return Ok(ExitCode::SUCCESS);
        };
        let (kind, value) = (found.into(), self.value.clone());
        let confirm =
            Change::Confirm { key, attribute: attribute.clone(), value, kind, steward, reason };
        let made = change(&hub, confirm)?;
        let numbers: Vec<u64> = made.iter().map(|no| no.0).collect();
        let told: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let told = match told.len() {
            1 => format!("Kept as confirmation {}.", told[0]),
            _ => format!("Kept as confirmations {}.", told.join(", ")),
        };
        self.tell(serde_json::json!({ "confirmations": numbers }), told);
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, json: serde_json::Value, text: String) {
        if self.json { say!("{json}") } else { say!("{text}") }
    }

    fn list(&self, hub: &Hub, key: &RecordKey) -> Result<(), Failure> {
        let found = hub.served()?.confirmations(key)?;
        let found = found.ok_or_else(|| failure(Refused::UnknownRecord(key.clone())))?;
        if self.json {
            found.iter().for_each(|view| say!("{}", confirmation_json(view)));
            return Ok(());
        }
        if found.is_empty() {
            say!("Nothing was found out of its values.");
        }
        let terminal = Terminal::stdout();
        found.iter().for_each(|view| say!("{}", line(view, terminal)));
        Ok(())
    }
}

fn line(view: &ConfirmationView, terminal: Terminal) -> String {
    let ConfirmationView { confirmation, undone, is_of_now } = view;
    let at = moment::written(confirmation.at).unwrap_or_default();
    let state = match (undone, is_of_now) {
        (Some(undone), _) => format!("undone by {}", undone.steward),
        (None, false) => "of another value than it has now".into(),
        (None, true) => String::new(),
    };
    let by = match confirmation.reason.as_str() {
        "" => confirmation.steward.clone(),
        reason => format!("{}: {reason}", confirmation.steward),
    };
    let told = format!(
        "{:>4}  {:<16} {:<14} {}  {by}  {}",
        confirmation.no.0,
        confirmation.attribute,
        confirmation.kind.name(),
        at.split('T').next().unwrap_or_default(),
        terminal.dim(&state)
    );
    told.trim_end().to_string()
}

/// Asks for a change; gives the confirmations that were made.
fn change(hub: &Hub, change: Change) -> Result<Vec<ConfirmationNo>, Failure> {
    let mut writer = Writer::open(hub, Box::new(now))?;
    let request = ChangeRequest::of(change);
    let changed = writer.change(&[request]).pop();
    writer.close()?;
    match changed.expect("each request has an answer") {
        Ok(Changed::Now(outcome)) => Ok(outcome.confirmations.unwrap_or_default()),
        Ok(Changed::Before(_)) => Ok(Vec::new()),
        Err(refused) => Err(failure(refused)),
    }
}

fn failure(refused: Refused) -> Failure {
    let hint = match &refused {
        Refused::UnknownRecord(_) => "SOURCE is as it is called in sources/, ID as in its files.",
        Refused::UnknownAttribute(_) => {
            "Attributes are called as in the hub model: `street`, `email`; `address` is all its parts."
        }
        Refused::UnknownValue => "The record has no value of this attribute, or another one.",
        Refused::SeveralValues => "Say which one is meant with --value, as it is shown.",
        Refused::OtherConfirmation(_) => {
            "`mail_returned` is about an address, `bounced` about an e-mail address, `wrong_number` about a phone number."
        }
        Refused::UnknownConfirmation(_) | Refused::WithdrawnAlready(_) => {
            "`karat confirm SOURCE ID` lists what was found out of a record."
        }
        Refused::NotJudged => "`karat publish` judges all that is there.",
        _ => "`karat verify` tells whether the hub is sound.",
    };
    Failure::new(refused.to_string(), hint)
}
