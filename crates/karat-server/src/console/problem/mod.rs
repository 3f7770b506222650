//! Pages for when something is not there or does not work; each shows a way on.

use std::error::Error;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karat_hub::view::{JobRefused, JobView, Refused, Unavailable};
use karat_model::id::{EntityId, SourceName};

use super::page::{Page, Section, render};
use super::visit::Visit;
use crate::access::Permission;

/// Something that is not there or does not work.
pub(super) struct Problem {
    status: StatusCode,
    view: Box<ProblemPage>,
}

#[derive(Template)]
#[template(path = "console/problem/template.html")]
struct ProblemPage {
    page: Page,
    title: String,
    explanation: String,
    /// For the one who runs the hub, in English: ids and places, never personal values.
    detail: String,
    /// Where to go on from here, before all others.
    way: Option<(String, &'static str)>,
}

impl Problem {
    /// There is no such page.
    pub fn no_such_page(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::NOT_FOUND,
            visit.text.say("There is no such page", "Deze pagina bestaat niet"),
            visit.text.say(
                "The address may be misspelt, or the page may have moved.",
                "Het adres is misschien verkeerd gespeld, of de pagina is verplaatst.",
            ),
        )
    }

    /// No customer ever had this id.
    pub fn unknown_customer(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::NOT_FOUND,
            visit.text.say("No customer has this id", "Geen klant heeft dit nummer"),
            visit.text.say(
                "An id has twelve letters and digits. Ids that were once given stay valid for ever, so this one was probably misspelt. Search for the customer by name, e-mail or phone instead.",
                "Een klantnummer heeft twaalf letters en cijfers. Nummers die ooit zijn uitgegeven blijven altijd geldig, dus dit is waarschijnlijk verkeerd gespeld. Zoek de klant op naam, e-mail of telefoon.",
            ),
        )
    }

    /// A hub without sources has nowhere to keep what is typed in.
    pub fn no_source(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::NOT_FOUND,
            visit.text.say("The hub has no sources yet", "De hub heeft nog geen bronnen"),
            visit.text.say(
                "A record is of a source. Describe one in the hub model first.",
                "Een record is van een bron. Beschrijf er eerst een in het hubmodel.",
            ),
        )
    }

    /// All records of the customer were deleted by their sources.
    pub fn retired_customer(visit: &Visit, id: EntityId) -> Problem {
        let text = visit.text;
        let title = format!(
            "{} {id} {}",
            text.say("Customer", "Klant"),
            text.say("is gone", "is er niet meer")
        );
        let mut problem = Problem::new(
            visit,
            StatusCode::GONE,
            &title,
            text.say(
                "All its source records were deleted by their sources. If one comes back, the customer does too.",
                "Alle bronrecords zijn door hun bronnen verwijderd. Komt er een terug, dan komt de klant ook terug.",
            ),
        );
        let history = text.say("Its history, and what it was", "De geschiedenis, en wat het was");
        problem.view.way = Some((format!("/customers/{id}/history"), history));
        problem
    }

    /// Whoever asks may not do this.
    pub fn not_permitted(visit: &Visit, permission: Permission) -> Problem {
        Problem::new(
            visit,
            StatusCode::FORBIDDEN,
            visit.text.say("You may not do this", "U mag dit niet"),
            visit.text.who_may(permission),
        )
    }

    /// A form is not of this session: of a page that was opened before somebody signed in anew, say.
    pub fn stale_form(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::FORBIDDEN,
            visit.text.say("Nothing was changed", "Er is niets gewijzigd"),
            visit.text.say(
                "The page that this form was on is from before you signed in last. Go back, let the page load anew, and send the form again.",
                "De pagina waar dit formulier op stond, is van voordat u zich het laatst aanmeldde. Ga terug, laad de pagina opnieuw, en verstuur het formulier nog eens.",
            ),
        )
    }

    /// A form does not say what it decides, or not of what is there now.
    pub fn unfit_form(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            visit.text.say("Nothing was changed", "Er is niets gewijzigd"),
            visit.text.say(
                "The form does not say who or what is decided about, or the hub no longer knows it. Go back, let the page load anew, and try again.",
                "Het formulier zegt niet over wie of wat wordt beslist, of de hub kent het niet meer. Ga terug, laad de pagina opnieuw, en probeer het nog eens.",
            ),
        )
    }

    /// Somebody else took or decided what was looked at.
    pub fn taken_meanwhile(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::CONFLICT,
            visit.text.say("Somebody was first", "Iemand was u voor"),
            visit.text.say(
                "The item was taken or decided since the page was shown; nothing was changed now. The work queue shows how it is.",
                "Het punt is intussen genomen of beslist; er is nu niets gewijzigd. De werkvoorraad laat zien hoe het is.",
            ),
        )
    }

    /// Somebody undid the decision before.
    pub fn undone_already(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::CONFLICT,
            visit.text.say("It was undone already", "Het was al ongedaan gemaakt"),
            visit.text.say(
                "Somebody was first; nothing was changed now. The page of decisions tells who.",
                "Iemand was u voor; er is nu niets gewijzigd. De pagina met beslissingen vertelt wie.",
            ),
        )
    }

    /// The hub is shown, and neither edited nor worked on, from here.
    pub fn only_read(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::SERVICE_UNAVAILABLE,
            visit.text.say("This hub is only read here", "Deze hub wordt hier alleen gelezen"),
            visit.text.say(
                "Its rules are changed where its folder is: `karat serve` there, or the command line.",
                "Zijn regels worden gewijzigd waar zijn map staat: met `karat serve` daar, of op de opdrachtregel.",
            ),
        )
    }

    /// One job at a time.
    pub fn another_job(visit: &Visit, running: &JobView) -> Problem {
        let text = visit.text;
        let explanation = format!(
            "{} {} {}.",
            running.asked_by,
            text.say("asked for it at", "vroeg erom op"),
            text.date_time(running.asked_at),
        );
        let title = text.say("Another job runs", "Er loopt al een andere taak");
        let mut problem = Problem::new(visit, StatusCode::CONFLICT, title, &explanation);
        problem.view.way =
            Some(("/job".into(), text.say("See how far it is", "Bekijk hoe ver die is")));
        problem
    }

    /// A job was not begun.
    pub fn not_begun(visit: &Visit, refused: &JobRefused) -> Problem {
        let mut problem = Problem::unfit_form(visit);
        problem.status = StatusCode::SERVICE_UNAVAILABLE;
        problem.view.explanation =
            visit.text.say("The hub takes no jobs now.", "De hub neemt nu geen taken aan.").into();
        problem.view.detail = causes(refused);
        problem
    }

    /// The folder of the hub could not be written.
    pub fn not_saved(visit: &Visit, why: &str) -> Problem {
        let mut problem = Problem::unfit_form(visit);
        problem.status = StatusCode::CONFLICT;
        problem.view.explanation = visit
            .text
            .say(
                "The folder of the hub could not be written, or says something else than when you opened the page. Open it again, and look.",
                "De map van de hub kon niet worden geschreven, of zegt iets anders dan toen u de pagina opende. Open die opnieuw, en kijk.",
            )
            .into();
        problem.view.detail = why.into();
        problem
    }

    /// There is a source of this name already, or a file for one.
    pub fn source_taken(visit: &Visit, name: &SourceName) -> Problem {
        let text = visit.text;
        let title = format!(
            "{} {name} {}",
            text.say("A source", "Een bron"),
            text.say("is there already", "is er al")
        );
        let explanation = text.say(
            "Nothing was written. Discard the upload, and send the file again under another name.",
            "Er is niets geschreven. Gooi de upload weg, en stuur het bestand opnieuw onder een andere naam.",
        );
        let mut problem = Problem::new(visit, StatusCode::CONFLICT, &title, explanation);
        problem.view.way =
            Some(("/sources/new".into(), text.say("To what was uploaded", "Naar wat is geüpload")));
        problem
    }

    /// The file of an upload cannot be tried.
    pub fn not_tried(visit: &Visit, error: &(dyn Error + 'static)) -> Problem {
        let mut problem = Problem::unfit_form(visit);
        problem.view.title =
            visit.text.say("It could not be tried", "Het kon niet worden geprobeerd").into();
        problem.view.explanation = visit
            .text
            .say(
                "The file or the checks of the hub cannot be read. The upload is kept; mend what the line below says, and try again.",
                "Het bestand of de controles van de hub kunnen niet worden gelezen. De upload is bewaard; herstel wat de regel hieronder zegt, en probeer het opnieuw.",
            )
            .into();
        problem.view.detail = causes(error);
        problem
    }

    /// The hub takes no changes now.
    pub fn not_changed(visit: &Visit, refused: &Refused) -> Problem {
        let mut problem = Problem::new(
            visit,
            StatusCode::SERVICE_UNAVAILABLE,
            visit.text.say("Nothing was changed", "Er is niets gewijzigd"),
            visit.text.say(
                "The hub takes no changes now. Try again in a moment; if it stays, give the line below to whoever runs this hub.",
                "De hub neemt nu geen wijzigingen aan. Probeer het zo nog eens; blijft het zo, geef dan de regel hieronder aan wie deze hub beheert.",
            ),
        );
        problem.view.detail = causes(refused);
        problem
    }

    /// The accounts could not be read.
    pub fn no_accounts(visit: &Visit) -> Problem {
        Problem::new(
            visit,
            StatusCode::INTERNAL_SERVER_ERROR,
            visit.text.say("The accounts cannot be read", "De accounts kunnen niet worden gelezen"),
            visit.text.say(
                "This is not your doing, and nothing was lost. Try again in a moment.",
                "Dit ligt niet aan u, en er is niets verloren gegaan. Probeer het zo nog eens.",
            ),
        )
    }

    /// The hub could not be read.
    pub fn unavailable(visit: &Visit, unavailable: &Unavailable) -> Problem {
        let mut problem = Problem::new(
            visit,
            StatusCode::INTERNAL_SERVER_ERROR,
            visit.text.say("The hub cannot be read", "De hub kan niet worden gelezen"),
            visit.text.say(
                "This is not your doing, and nothing was lost. Try again in a moment; if it stays, give the line below to whoever runs this hub.",
                "Dit ligt niet aan u, en er is niets verloren gegaan. Probeer het zo nog eens; blijft het zo, geef dan de regel hieronder aan wie deze hub beheert.",
            ),
        );
        problem.view.detail = causes(unavailable);
        problem
    }

    fn new(visit: &Visit, status: StatusCode, title: &str, explanation: &str) -> Problem {
        let view = ProblemPage {
            page: Page::new(visit, Section::Elsewhere),
            title: title.into(),
            explanation: explanation.into(),
            detail: String::new(),
            way: None,
        };
        Problem { status, view: Box::new(view) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = render(*self.view);
        *response.status_mut() = self.status;
        response
    }
}

/// Answers what no route does.
pub(super) async fn no_such_page(visit: Visit) -> Problem {
    Problem::no_such_page(&visit)
}

fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(|error| error.to_string()).collect::<Vec<_>>().join(": ")
}
