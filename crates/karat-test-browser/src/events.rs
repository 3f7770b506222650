//! What happened to a page, as the browser told it.

use std::collections::BTreeSet;

use serde_json::Value;

/// What happened to a page since it was made.
#[derive(Default)]
pub(crate) struct Events {
    /// Whether it is on its way to another page.
    pub is_leaving: bool,
    /// The documents that were loaded with all they need, each by the id of its loading.
    pub loaded: BTreeSet<String>,
    /// The documents that were asked for.
    documents: BTreeSet<String>,
    /// All that was asked for.
    pub requests: Vec<String>,
    /// What the browser complained of.
    pub complaints: Vec<String>,
}

impl Events {
    /// Takes in one event of the protocol.
    pub fn take(&mut self, method: &str, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        match method {
            "Page.frameRequestedNavigation"
            | "Page.frameStartedNavigating"
            | "Page.frameStartedLoading" => self.is_leaving = true,
            "Page.frameStoppedLoading" | "Page.navigatedWithinDocument" => self.is_leaving = false,
            "Page.lifecycleEvent" if event["name"] == "load" => {
                self.loaded.insert(text(&event["loaderId"]));
            }
            "Network.requestWillBeSent" => {
                let address = text(&event["request"]["url"]);
                if event["type"] == "Document" {
                    self.documents.insert(address.clone());
                }
                self.requests.push(address);
            }
            "Runtime.exceptionThrown" => {
                let details = &event["exceptionDetails"];
                let thrown = text(&details["exception"]["description"]);
                self.complaints.push(format!("{} {thrown}", text(&details["text"])));
            }
            "Runtime.consoleAPICalled" if event["type"] == "error" => {
                self.complaints.push(event["args"].to_string());
            }
            "Log.entryAdded" => self.take_log_entry(&event["entry"]),
            _ => {}
        }
    }

    /// A page that is refused or not there is no mistake of the page; anything else it lacks is.
    fn take_log_entry(&mut self, entry: &Value) {
        let address = entry["url"].as_str().unwrap_or_default();
        let is_the_page = entry["source"] == "network" && self.documents.contains(address);
        if entry["level"] == "error" && !is_the_page {
            let words = entry["text"].as_str().unwrap_or_default();
            self.complaints.push(format!("{words} ({address})"));
        }
    }
}
