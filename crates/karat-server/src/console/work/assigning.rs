//! Who has an item of the work queue: what pages show of it, and the forms that change it.

use askama::Template;
use karat_hub::view::Assignment;
use karat_model::record::Moment;
use tokio::task::spawn_blocking;

use crate::access::{Access, Permission};
use crate::console::page::Page;
use crate::console::{Console, Problem, Visit};
use crate::locale::Locale;

const SECONDS_IN_DAY: i64 = 24 * 60 * 60;

/// Who has an item, and the ways to change that.
#[derive(Template)]
#[template(path = "console/work/assigning.html")]
pub(in crate::console) struct Assigning<'a> {
    pub page: &'a Page,
    pub assignment: &'a Assignment,
    /// The accounts that decide.
    pub stewards: &'a [String],
    /// Where the forms lead back to.
    pub back: String,
    /// Where snoozing leads.
    pub onward: String,
    /// Whom the item is about, for those who hear the buttons.
    pub about: String,
    pub now: Moment,
}

/// For how long an item may be snoozed at a time.
struct SnoozeChoice {
    days: u16,
    label: &'static str,
}

/// What each of the forms carries.
#[derive(Template)]
#[template(path = "console/work/fields.html")]
struct AssigningFields<'a> {
    page: &'a Page,
    assignment: &'a Assignment,
    back: &'a str,
}

impl Assigning<'_> {
    fn fields<'b>(&'b self, back: &'b str) -> AssigningFields<'b> {
        AssigningFields { page: self.page, assignment: self.assignment, back }
    }

    fn is_mine(&self) -> bool {
        self.assignment.owner.is_some() && self.assignment.owner.as_deref() == self.page.account()
    }

    fn owner(&self) -> &str {
        self.assignment.owner.as_deref().unwrap_or_default()
    }

    fn account(&self) -> &str {
        self.page.account().unwrap_or_default()
    }

    /// Until when it is put off, if it is.
    fn snoozed_until(&self) -> Option<Moment> {
        self.assignment.snoozed_until.filter(|_| self.assignment.is_snoozed(self.now))
    }

    /// Those whom the item can be given to: all but who has it.
    fn others(&self) -> Vec<&String> {
        self.stewards.iter().filter(|name| **name != self.owner()).collect()
    }

    fn choices(&self) -> [SnoozeChoice; 3] {
        let text = self.page.text;
        [
            SnoozeChoice { days: 1, label: text.say("until tomorrow", "tot morgen") },
            SnoozeChoice { days: 7, label: text.say("for a week", "een week") },
            SnoozeChoice { days: 30, label: text.say("for a month", "een maand") },
        ]
    }
}

/// For how long something waits, in words.
pub(super) fn age(text: Locale, since: Moment, now: Moment) -> String {
    let days = (now.0 - since.0).max(0) / SECONDS_IN_DAY;
    match u64::try_from(days).unwrap_or(0) {
        0 => text.say("new today", "nieuw vandaag").to_string(),
        days => text.counted(days, &["day old", "dag oud"], &["days old", "dagen oud"]),
    }
}

/// The accounts that decide, by name; whoever is there on a hub that is open, and nobody for those
/// who may not decide themselves.
pub(in crate::console) async fn stewards(
    console: &Console,
    visit: &Visit,
) -> Result<Vec<String>, Problem> {
    let may_decide = |it: &&crate::access::Caller| it.role.may(Permission::Decide);
    let Some(caller) = visit.caller().filter(may_decide) else { return Ok(Vec::new()) };
    let Some(Access::Closed(directory)) = console.access.clone() else {
        return Ok(vec![caller.name.clone()]);
    };
    let accounts = spawn_blocking(move || directory.accounts()).await;
    let accounts = accounts.ok().and_then(Result::ok);
    let accounts = accounts.ok_or_else(|| Problem::no_accounts(visit))?.into_iter();
    let decides = accounts.filter(|it| !it.disabled && it.role.may(Permission::Decide));
    Ok(decides.map(|account| account.name).collect())
}
