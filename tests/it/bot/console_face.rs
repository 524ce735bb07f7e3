//! The console as several people at their browsers see it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use attache::ids::Ids;
use reqwest::header::{COOKIE, HeaderValue, LOCATION, ORIGIN, SET_COOKIE};

use super::html::{Element, parse};
use super::people::person;
use super::seen::{Button, Change, Field, Form, Seen, Thread};

pub const MAIN: &str = "general";
pub const LEADERSHIP: &str = "leadership";

pub struct ConsoleFace {
    pub base: RefCell<String>,
    http: reqwest::Client,
    /// Who is signed in, with their cookie.
    cookies: RefCell<BTreeMap<String, String>>,
    ids: Ids,
}

impl ConsoleFace {
    pub fn new(base: &str, http: reqwest::Client) -> Self {
        Self {
            base: RefCell::new(base.to_owned()),
            http,
            cookies: RefCell::default(),
            ids: Ids::random(),
        }
    }

    /// The cookie of somebody who is signed in.
    pub fn cookie(&self, who: &str) -> String {
        self.cookies.borrow().get(who).expect("somebody who is signed in").clone()
    }

    async fn sign_in(&self, who: &str) {
        let base = self.base.borrow().clone();
        let request = self.http.post(format!("{base}/sign-in")).header(ORIGIN, &base);
        let body = format!("person={}", person(who).console);
        let response = typed(request, body).send().await.expect("the console answers");
        let cookie = response.headers().get(SET_COOKIE).expect("a cookie for the session");
        let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        self.cookies.borrow_mut().insert(who.to_owned(), cookie);
    }

    /// Sends what `request` makes, signed in as `who`; a session that is over is begun anew.
    async fn as_person(
        &self,
        who: &str,
        request: impl Fn(&str) -> reqwest::RequestBuilder,
    ) -> reqwest::Response {
        for _ in 0..2 {
            let base = self.base.borrow().clone();
            let cookie = self.cookies.borrow().get(who).cloned().unwrap_or_default();
            let request = request(&base).header(COOKIE, cookie).header(ORIGIN, base);
            let response = request.send().await.expect("the console answers");
            let to = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
            let unknown =
                response.status() == 401 || to.is_some_and(|to| to.starts_with(b"/sign-in"));
            if !unknown {
                return response;
            }
            self.sign_in(who).await;
        }
        panic!("{who} cannot sign in");
    }

    pub async fn page(&self, who: &str, path: &str) -> Element {
        let response = self.as_person(who, |base| self.http.get(format!("{base}{path}"))).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 200, "{path} for {who}: {text}");
        parse(&text)
    }

    pub async fn bytes(&self, who: &str, path: &str) -> Vec<u8> {
        let response = self.as_person(who, |base| self.http.get(format!("{base}{path}"))).await;
        assert_eq!(response.status(), 200, "{path}");
        response.bytes().await.unwrap().to_vec()
    }

    /// Posts a form as the page's script does; status and what came with it.
    pub async fn post(
        &self,
        who: &str,
        path: &str,
        fields: &BTreeMap<String, String>,
    ) -> (u16, String) {
        let body = encoded(fields);
        let request = |base: &str| {
            let request = self.http.post(format!("{base}{path}")).header("x-attache-quick", "1");
            typed(request, body.clone())
        };
        let response = self.as_person(who, request).await;
        let status = response.status().as_u16();
        (status, response.text().await.unwrap_or_default())
    }

    pub async fn say(&self, who: &str, channel: &str, thread: Option<&str>, text: &str) {
        let path = path(channel, thread);
        let fields = [("text", text.to_owned()), ("key", self.ids.text())];
        let (status, body) = self.post(who, &path, &owned(fields)).await;
        assert_eq!((status, body.as_str()), (204, ""), "{text}");
    }

    pub async fn press(&self, who: &str, on: &Seen, value: &str) {
        let fields = match on.buttons.iter().find(|button| button.value == value) {
            Some(button) => button.fields.clone(),
            // Nobody can press what is not shown, but somebody can post it.
            None => owned([
                ("button", value.to_owned()),
                ("message", on.id.clone()),
                ("channel", on.channel.clone()),
                ("thread", on.thread.clone().unwrap_or_default()),
            ]),
        };
        // Another person's page has keys of its own, and so has every look at it.
        let mut fields = fields;
        fields.insert("key".to_owned(), self.ids.text());
        let (status, body) = self.post(who, "/click", &fields).await;
        assert_eq!((status, body.as_str()), (204, ""), "press {value}");
    }

    /// The form that stands open for a person, where it belongs.
    pub async fn opened(&self, who: &str) -> Option<Form> {
        let page = self.page(who, &path(MAIN, None)).await;
        if let Some(form) = form(&page) {
            return Some(form);
        }
        let waiting = page.first("p", "waiting")?.first("a", "")?.attribute("href").to_owned();
        form(&self.page(who, &waiting).await)
    }

    pub async fn submit(
        &self,
        who: &str,
        form: &Form,
        values: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let fields = values.iter().map(|(name, value)| (format!("field.{name}"), value.clone()));
        let (status, body) =
            self.post(who, &format!("/forms/{}", form.id), &fields.collect()).await;
        if status == 204 {
            return Vec::new();
        }
        assert_eq!(status, 422, "{body}");
        let page = parse(&body);
        let wrong = page.all("div", "wrong").into_iter().map(|field| {
            let fault = field.first("span", "fault").expect("what is wrong").text();
            (field_of(field).name, fault)
        });
        wrong.collect()
    }

    /// A channel or a thread with its root, as this person sees it, oldest first.
    pub async fn messages(&self, who: &str, channel: &str, thread: Option<&str>) -> Vec<Seen> {
        let page = self.page(who, &path(channel, thread)).await;
        let messages = page.all("li", "message").into_iter();
        messages.map(|message| seen(channel, thread, message)).collect()
    }

    pub fn direct(who: &str) -> String {
        format!("dm-{}", person(who).console)
    }
}

fn typed(request: reqwest::RequestBuilder, body: String) -> reqwest::RequestBuilder {
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

fn encoded(fields: &BTreeMap<String, String>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn owned<const N: usize>(fields: [(&str, String); N]) -> BTreeMap<String, String> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub fn path(channel: &str, thread: Option<&str>) -> String {
    match thread {
        Some(root) => format!("/channels/{channel}/threads/{root}"),
        None => format!("/channels/{channel}"),
    }
}

fn form(page: &Element) -> Option<Form> {
    let dialog =
        page.first("dialog", "sheet").filter(|d| d.attribute("id").starts_with("form-"))?;
    Some(Form {
        id: dialog.attribute("id").trim_start_matches("form-").to_owned(),
        token: String::new(),
        title: dialog.first("h2", "").expect("a title").text(),
        fields: dialog.all("div", "field").into_iter().map(field_of).collect(),
    })
}

fn field_of(field: &Element) -> Field {
    let label = field.first("label", "").expect("a label").text();
    let inputs =
        ["input", "textarea", "select"].into_iter().filter_map(|kind| field.first(kind, ""));
    let input = inputs.into_iter().next().expect("an input");
    let value = match input.name.as_str() {
        "textarea" => input.text().trim_start_matches('\n').to_owned(),
        "select" => {
            let chosen =
                input.all("option", "").into_iter().find(|o| o.attributes.contains_key("selected"));
            chosen.map(|option| option.attribute("value").to_owned()).unwrap_or_default()
        }
        // Browsers take line breaks out of a field of one line.
        _ => input.attribute("value").replace(['\r', '\n'], ""),
    };
    Field {
        name: input.attribute("name").trim_start_matches("field.").to_owned(),
        label,
        value,
        required: input.attributes.contains_key("required"),
    }
}

fn seen(channel: &str, thread: Option<&str>, message: &Element) -> Seen {
    let id = message.attribute("id").trim_start_matches("m-").to_owned();
    let body = message.first("div", "body").expect("a body");
    let file = body.first("p", "file").and_then(|file| file.first("a", ""));
    Seen {
        channel: channel.to_owned(),
        thread: thread.filter(|root| *root != id).map(str::to_owned),
        private: message.has_class("private"),
        by_bot: message.has_class("bot"),
        words: body.words(),
        changes: changes(body),
        buttons: buttons(body),
        file: file.map(|link| (link.text(), link.attribute("href").to_owned())),
        id,
    }
}

fn buttons(body: &Element) -> Vec<Button> {
    let forms =
        body.all("form", "").into_iter().filter(|form| form.attribute("action") == "/click");
    forms
        .map(|form| {
            let inputs = form.all("input", "").into_iter();
            let fields: BTreeMap<_, _> = inputs
                .map(|i| (i.attribute("name").to_owned(), i.attribute("value").to_owned()))
                .collect();
            let label = form.first("button", "").expect("a button").text();
            Button { label, value: fields["button"].clone(), fields }
        })
        .collect()
}

fn changes(body: &Element) -> Vec<Change> {
    let tables = body.all("table", "changes").into_iter();
    let rows = tables.flat_map(|table| table.all("tr", "")).skip(1);
    let rows = rows.filter(|row| row.first("td", "before").is_some());
    rows.map(|row| Change {
        field: row.first("th", "").expect("a field").text(),
        before: row.first("td", "before").expect("before").text(),
        after: row.first("td", "after").expect("after").text(),
    })
    .collect()
}

impl ConsoleFace {
    pub async fn files(&self, thread: &Thread) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for message in self.messages("vic", &thread.channel, Some(&thread.root)).await {
            if let Some((name, href)) = message.file {
                files.push((name, self.bytes("vic", &href).await));
            }
        }
        files
    }
}
