//! A page of the browser, as a test uses it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::connection;
use crate::connection::{Connection, DEADLINE};
use crate::events::Events;
use crate::{base64, keys, script};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(25);
/// How often somebody is asked whether the page stays, after what was done to it.
const ROUNDS_OF_CALM: usize = 2;

/// A page that shares nothing with any other, gone with its value.
///
/// Whatever cannot be done, be it for want of an element, fails the test, with the words of the
/// page.
pub struct Page {
    browser: &'static Connection,
    context: String,
    session: String,
}

impl Page {
    /// A new, empty page of 1280 by 800 dots, light, in English.
    #[expect(clippy::new_without_default, reason = "a page is no mere value")]
    pub fn new() -> Page {
        let browser = connection();
        let ask = |method: &str, parameters: Value| {
            let answer = browser.ask(None, method, parameters);
            answer.unwrap_or_else(|error| panic!("{error}"))
        };
        let name = |value: &Value| value.as_str().expect("the browser names it").to_string();
        let context = name(&ask("Target.createBrowserContext", json!({}))["browserContextId"]);
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = name(&ask("Target.createTarget", target)["targetId"]);
        let attach = json!({ "targetId": target, "flatten": true });
        let session = name(&ask("Target.attachToTarget", attach)["sessionId"]);
        browser.listen(&session);
        let page = Page { browser, context, session };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.ask(&format!("{domain}.enable"), json!({}));
        }
        page.ask("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        page.ask("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": "en" } }));
        page.width(1280, 800);
        page.dark(false);
        page
    }

    /// Opens an address, with all that the page needs.
    pub fn open(&self, address: &str) {
        let answer = self.ask("Page.navigate", json!({ "url": address }));
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{address}: {error}");
        }
        // Where there is no loader, the address leads to a place on the same page.
        if let Some(loader) = answer["loaderId"].as_str() {
            let is_loaded = |events: &Events| events.loaded.contains(loader);
            let waited = self.browser.wait_for_event(&self.session, address, is_loaded);
            waited.unwrap_or_else(|error| self.fail(&error));
        }
        self.settle();
    }

    /// Clicks on the first element of a selector that can be seen.
    pub fn click(&self, css: &str) {
        self.click_at(css, &script::point_at(css));
    }

    /// Clicks on the link, button, summary or label with these words, or else with these among its
    /// words.
    pub fn click_text(&self, text: &str) {
        self.click_at(text, &script::point_at_text(text));
    }

    fn click_at(&self, what: &str, point: &str) {
        let point = self.find(point).unwrap_or_else(|| {
            let there = self.evaluate(&script::pressable());
            self.fail(&format!("there is no `{what}` to click on, but {there}"))
        });
        if let Some(error) = point["error"].as_str() {
            self.fail(&format!("`{what}` cannot be clicked on: {error}"));
        }
        for (kind, button) in
            [("mouseMoved", "none"), ("mousePressed", "left"), ("mouseReleased", "left")]
        {
            let event = json!({
                "type": kind, "x": point["x"], "y": point["y"], "button": button, "clickCount": 1,
            });
            self.ask("Input.dispatchMouseEvent", event);
        }
        self.settle();
    }

    /// Types a text into a field in place of what was there, or chooses a value.
    pub fn fill(&self, css: &str, text: &str) {
        let readied = self.find(&script::ready_to_fill(css, text));
        let readied = readied.unwrap_or_else(|| self.fail(&format!("there is no field `{css}`")));
        match (readied == "typed", text.is_empty()) {
            (true, true) => self.press("Delete"),
            (true, false) => drop(self.ask("Input.insertText", json!({ "text": text }))),
            (false, _) => {}
        }
        self.settle();
    }

    /// Chooses a file for a field, as whoever looks through their files does.
    pub fn choose_file(&self, css: &str, file: &Path) {
        self.wait_for(css);
        let function = "(css) => document.querySelector(css)";
        let field = json!({ "expression": script::call(function, &json!([css])) });
        let field = self.ask("Runtime.evaluate", field);
        let files = json!({ "files": [file], "objectId": field["result"]["objectId"] });
        self.ask("DOM.setFileInputFiles", files);
        self.settle();
    }

    /// Presses a key: a character, or one such as `Enter`, `Tab`, `ArrowDown`, or `Shift+Tab`.
    pub fn press(&self, key: &str) {
        for event in keys::events(key) {
            self.ask("Input.dispatchKeyEvent", event);
        }
        self.settle();
    }

    /// Presses the keys of a text, one after the other.
    pub fn type_text(&self, text: &str) {
        text.chars().for_each(|character| self.press(&character.to_string()));
    }

    /// The visible text of the first element of a selector, when there is one.
    pub fn text(&self, css: &str) -> String {
        let text = self.find(&script::text_of(css));
        let text = text.unwrap_or_else(|| self.fail(&format!("there is no `{css}`")));
        text.as_str().unwrap_or_default().to_string()
    }

    /// Whether there is an element of a selector now.
    pub fn exists(&self, css: &str) -> bool {
        let function = "(css) => document.querySelector(css) !== null";
        self.evaluate(&script::call(function, &json!([css]))) == true
    }

    /// Where the page is: path and query.
    pub fn address(&self) -> String {
        let address = self.evaluate("location.pathname + location.search");
        address.as_str().expect("an address is text").to_string()
    }

    /// What JavaScript comes to; a promise is waited for.
    pub fn evaluate(&self, script: &str) -> Value {
        self.try_evaluate(script).unwrap_or_else(|error| panic!("{error}\nof {}", opening(script)))
    }

    /// Waits for an element of a selector.
    pub fn wait_for(&self, css: &str) {
        let function = "(css) => document.querySelector(css)?.tagName";
        let found = self.find(&script::call(function, &json!([css])));
        found.unwrap_or_else(|| self.fail(&format!("`{css}` never came")));
    }

    /// Waits until JavaScript comes to something that is true.
    pub fn wait_until(&self, script: &str) {
        let found = self.find(&format!("({script}) || null"));
        found.unwrap_or_else(|| self.fail(&format!("`{script}` never came true")));
    }

    /// The size of the window, in dots.
    pub fn width(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Whether its user wants light on dark; that they want no motion is always so.
    pub fn dark(&self, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Runs no script of the pages from now on.
    pub fn without_script(&self) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    }

    /// Keeps a picture of what the window shows, as PNG.
    pub fn screenshot(&self, path: impl AsRef<Path>) {
        let wish = json!({ "format": "png" });
        let answer = self.ask("Page.captureScreenshot", wish);
        let picture = base64::decode(answer["data"].as_str().expect("a picture is text"));
        std::fs::write(path, picture).expect("there is room for a picture");
    }

    /// Of what the browser complained since last asked: mistakes of scripts, what the content
    /// security policy forbids, and what a page needs and did not get.
    pub fn console_errors(&self) -> Vec<String> {
        self.browser.events(&self.session, |events| std::mem::take(&mut events.complaints))
    }

    /// What was asked of anyone but the origin of the page, since last asked.
    pub fn requests_elsewhere(&self) -> Vec<String> {
        let origin = self.evaluate("location.origin");
        let home = format!("{}/", origin.as_str().expect("an origin is text"));
        let requests =
            self.browser.events(&self.session, |events| std::mem::take(&mut events.requests));
        let is_elsewhere = |address: &String| {
            !address.starts_with(&home)
                && !address.starts_with("data:")
                && *address != "about:blank"
        };
        requests.into_iter().filter(is_elsewhere).collect()
    }

    /// Waits until the page stays: what was done to it may lead to another, which is then loaded.
    ///
    /// That a page is about to leave is told before the answer to what it is asked next.
    fn settle(&self) {
        let end = Instant::now() + DEADLINE;
        let mut calm = 0;
        while calm < ROUNDS_OF_CALM {
            if Instant::now() > end {
                panic!("the page never came to rest");
            }
            let stays = |events: &Events| !events.is_leaving;
            let waited = self.browser.wait_for_event(&self.session, "a page loads", stays);
            waited.unwrap_or_else(|error| panic!("{error}"));
            let state = self.try_evaluate("document.readyState");
            let is_leaving = self.browser.events(&self.session, |events| events.is_leaving);
            match state {
                Ok(state) if state == "complete" && !is_leaving => calm += 1,
                _ => {
                    calm = 0;
                    thread::sleep(PAUSE);
                }
            }
        }
    }

    /// What JavaScript comes to once that is not null; none if it never is. Between two pages there
    /// is nothing to ask.
    fn find(&self, script: &str) -> Option<Value> {
        let end = Instant::now() + DEADLINE;
        loop {
            let found = self.try_evaluate(script);
            if let Ok(value) = &found
                && !value.is_null()
            {
                return found.ok();
            }
            if Instant::now() > end {
                return match found {
                    Ok(_) => None,
                    Err(error) => panic!("{error}"),
                };
            }
            thread::sleep(PAUSE);
        }
    }

    fn try_evaluate(&self, script: &str) -> Result<Value, String> {
        let question = json!({
            "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let session = Some(self.session.as_str());
        let mut answer = self.browser.ask(session, "Runtime.evaluate", question)?;
        let thrown = &answer["exceptionDetails"];
        if thrown.is_null() {
            return Ok(answer["result"]["value"].take());
        }
        let told = thrown["exception"]["description"].as_str();
        Err(told.or(thrown["text"].as_str()).unwrap_or_default().to_string())
    }

    fn ask(&self, method: &str, parameters: Value) -> Value {
        let answer = self.browser.ask(Some(&self.session), method, parameters);
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Fails the test, with where the page is and what it says.
    fn fail(&self, why: &str) -> ! {
        let page = self.try_evaluate("location.href + '\\n' + document.body.innerText");
        let page = page.unwrap_or_default();
        panic!("{why}\non {}", page.as_str().unwrap_or("a page that does not answer"));
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let context = json!({ "browserContextId": self.context });
        // Fails when the browser is gone, and its pages with it.
        let _ = self.browser.ask(None, "Target.disposeBrowserContext", context);
        self.browser.forget(&self.session);
    }
}

/// The first line of a script, which may be long.
fn opening(script: &str) -> &str {
    let line = script.trim().lines().next().unwrap_or_default();
    line.char_indices().nth(200).map_or(line, |(end, _)| &line[..end])
}
