//! Is this request from a page of ours? `Host` against DNS rebinding, `Origin` and `Sec-Fetch-Site`
//! against foreign pages, and the headers that keep a browser from doing more than we ask.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::Console;
use super::trouble::Trouble;
use crate::config::rooms::is_this_machine;

/// Under which addresses the console answers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the server really listens, with the port it got.
    pub listen: SocketAddr,
    /// Where people reach it from elsewhere.
    pub public_url: Option<Url>,
}

impl Settings {
    /// `public_url` counts when it reads as an address of the web.
    #[must_use]
    pub fn new(listen: SocketAddr, public_url: Option<&str>) -> Self {
        let public_url = public_url.and_then(|url| Url::parse(url).ok());
        let web = |url: &Url| matches!(url.scheme(), "http" | "https");
        Self { listen, public_url: public_url.filter(web) }
    }

    /// May the console be asked under this host? A name that anybody can point at us may not.
    fn answers_to(&self, host: &Authority) -> bool {
        self.is_local(host) || self.is_public(host)
    }

    /// This machine, at our port.
    fn is_local(&self, host: &Authority) -> bool {
        let ours = host.port_u16().unwrap_or(80) == self.listen.port();
        let name = host.host();
        let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let here = match ip {
            Ok(ip) => ip.is_loopback() || ip == self.listen.ip(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        };
        ours && here
    }

    fn is_public(&self, host: &Authority) -> bool {
        let Some(url) = &self.public_url else { return false };
        let same_name = url.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
        let usual = url.port_or_known_default();
        same_name && Some(host.port_u16().unwrap_or(default_port(url))) == usual
    }

    /// Anybody who can reach this address sits at this machine, so they may pick who they are: the
    /// server listens on loopback only, has no address elsewhere (a proxy may hide that it is one),
    /// was asked under a loopback name, and nothing says that a proxy stands between.
    #[must_use]
    pub fn may_pick(&self, headers: &HeaderMap) -> bool {
        let local = host(headers).is_some_and(|host| {
            self.is_local(&host) && (host.host() == "localhost" || is_loopback_ip(host.host()))
        });
        let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "via", "x-real-ip"];
        let direct = !forwarded.iter().any(|name| headers.contains_key(*name));
        let private = self.public_url.as_ref().is_none_or(is_this_machine);
        self.listen.ip().is_loopback() && private && local && direct
    }

    /// A browser that came over HTTPS keeps the cookie for HTTPS.
    #[must_use]
    pub fn is_https(&self, headers: &HeaderMap) -> bool {
        host(headers).is_some_and(|host| self.scheme(&host) == "https")
    }

    /// How a browser reaches us under this host. We speak plain HTTP ourselves; TLS is a proxy's work.
    fn scheme(&self, host: &Authority) -> &'static str {
        let https = self.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        if https && self.is_public(host) && !self.is_local(host) { "https" } else { "http" }
    }

    /// Links may lead to ourselves only; `None` for any other address.
    #[must_use]
    pub fn own_link(&self, url: &str) -> Option<String> {
        if url.starts_with('/') {
            let inside = !url.starts_with("//") && !url.contains(['\\', '\n', '\r', '\t']);
            return inside.then(|| url.to_owned());
        }
        let link = Url::parse(url).ok().filter(|link| matches!(link.scheme(), "http" | "https"))?;
        let same = |base: &Url| link.origin() == base.origin();
        let local = Url::parse(&format!("http://{}", self.listen)).ok();
        let ours = self.public_url.as_ref().is_some_and(same) || local.as_ref().is_some_and(same);
        let plain = link.username().is_empty() && link.password().is_none();
        (ours && plain).then(|| link.to_string())
    }
}

fn default_port(url: &Url) -> u16 {
    if url.scheme() == "https" { 443 } else { 80 }
}

fn is_loopback_ip(name: &str) -> bool {
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    ip.is_ok_and(|ip| ip.is_loopback())
}

fn host(headers: &HeaderMap) -> Option<Authority> {
    let mut all = headers.get_all(header::HOST).iter();
    let only = all.next().filter(|_| all.next().is_none())?.to_str().ok()?;
    only.parse::<Authority>().ok().filter(|host| !host.as_str().contains('@'))
}

/// Refuses what no page of ours would send, and dresses every answer.
pub async fn guard(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let verdict = check(&console.settings, &request);
    let mut response = match verdict {
        Ok(()) => next.run(request).await,
        Err(trouble) => trouble.into_response(),
    };
    dress(response.headers_mut());
    response
}

fn check(settings: &Settings, request: &Request) -> Result<(), Trouble> {
    let host = host(request.headers()).ok_or(Trouble::ForeignHost)?;
    let named = request.uri().authority().is_none_or(|name| settings.answers_to(name));
    if !named || !settings.answers_to(&host) {
        return Err(Trouble::ForeignHost);
    }
    if from_elsewhere(request, (&host, settings.scheme(&host))) {
        return Err(Trouble::ForeignOrigin);
    }
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if address.contains("%00") { Err(Trouble::null_character()) } else { Ok(()) }
}

fn from_elsewhere(request: &Request, ours: (&Authority, &str)) -> bool {
    let headers = request.headers();
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if headers.get_all(header::ORIGIN).iter().any(|origin| !is_origin_of(origin, ours)) {
        return true;
    }
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let visiting = reading
        && text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate")
        && text(HeaderName::from_static("sec-fetch-dest")) == Some("document");
    match text(HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin") => false,
        Some("none") => !reading,
        Some(_) => !visiting,
    }
}

/// The scheme too: two servers of one name may stand behind it, one of them for anybody to listen to.
fn is_origin_of(origin: &HeaderValue, (host, scheme): (&Authority, &str)) -> bool {
    let Some(url) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else {
        return false;
    };
    let name = url.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
    url.scheme() == scheme
        && name
        && url.port_or_known_default() == Some(host.port_u16().unwrap_or(default_port(&url)))
}

/// No inline script or style, nothing from elsewhere, no frames. The referrer stays inside: without
/// one, browsers would send `Origin: null` with our own forms.
const DRESS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

fn dress(headers: &mut HeaderMap) {
    for (name, value) in DRESS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn settings(public: Option<&str>) -> Settings {
        Settings::new("127.0.0.1:8080".parse().unwrap(), public)
    }

    fn request(method: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().method(method).uri("/channels/general");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    fn let_in(settings: &Settings, method: &str, headers: &[(&str, &str)]) -> bool {
        check(settings, &request(method, headers)).is_ok()
    }

    #[test]
    fn only_our_own_hosts_are_answered() {
        let ours = settings(Some("https://attache.example.com"));
        for host in [
            "127.0.0.1:8080",
            "localhost:8080",
            "LOCALHOST:8080",
            "[::1]:8080",
            "127.9.9.9:8080",
            "attache.example.com",
            "attache.example.com:443",
            "Attache.Example.Com",
        ] {
            assert!(let_in(&ours, "GET", &[("host", host)]), "{host}");
        }
        for host in [
            "localhost",
            "localhost:8081",
            "evil.example:8080",
            "localhost.evil.example:8080",
            "127.0.0.1.nip.io:8080",
            "attache.example.com:8080",
            "ana@localhost:8080",
            "localhost.:8080",
            "169.254.169.254:8080",
            "10.0.0.1:8080",
            "",
        ] {
            assert!(!let_in(&ours, "GET", &[("host", host)]), "{host}");
        }
        assert!(!let_in(&ours, "GET", &[]));
        assert!(!let_in(&ours, "GET", &[("host", "localhost:8080"), ("host", "localhost:8080")]));
    }

    #[test]
    fn a_foreign_page_can_neither_post_nor_read() {
        let ours = settings(None);
        let host = ("host", "localhost:8080");
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost:3000"),
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "https://localhost:8080"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            assert!(!let_in(&ours, "POST", &[host, (name, value)]), "{name}: {value}");
        }
        assert!(!let_in(&ours, "GET", &[host, ("sec-fetch-site", "cross-site")]));
        let frame = [
            host,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ];
        assert!(!let_in(&ours, "GET", &frame));
    }

    #[test]
    fn a_page_of_the_same_name_over_another_scheme_is_foreign() {
        let ours = settings(Some("https://attache.example.com:8080"));
        let host = ("host", "attache.example.com:8080");
        let from = |origin| let_in(&ours, "POST", &[host, ("origin", origin)]);
        assert!(from("https://attache.example.com:8080"));
        assert!(!from("http://attache.example.com:8080"));
        let plain = settings(Some("http://attache.example.com:8080"));
        assert!(!let_in(&plain, "POST", &[host, ("origin", "https://attache.example.com:8080")]));
    }

    #[test]
    fn our_own_pages_programs_and_followed_links_come_in() {
        let ours = settings(None);
        let host = ("host", "localhost:8080");
        let own = [host, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")];
        assert!(let_in(&ours, "POST", &own));
        assert!(let_in(&ours, "POST", &[host]));
        assert!(let_in(&ours, "GET", &[host, ("sec-fetch-site", "none")]));
        let link = [
            host,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert!(let_in(&ours, "GET", &link));
    }

    #[test]
    fn who_you_are_is_picked_at_this_machine_only() {
        let headers = |pairs: &[(&str, &str)]| request("GET", pairs).headers().clone();
        for public in [None, Some("http://localhost:8080"), Some("http://127.0.0.1:9090")] {
            let ours = settings(public);
            assert!(ours.may_pick(&headers(&[("host", "localhost:8080")])), "{public:?}");
            assert!(ours.may_pick(&headers(&[("host", "[::1]:8080")])), "{public:?}");
        }
        let ours = settings(None);
        let proxied = headers(&[("host", "localhost:8080"), ("x-forwarded-for", "203.0.113.9")]);
        assert!(!ours.may_pick(&proxied));
        let open = Settings { listen: "0.0.0.0:8080".parse().unwrap(), public_url: None };
        assert!(!open.may_pick(&headers(&[("host", "localhost:8080")])));
    }

    #[test]
    fn behind_a_proxy_that_hides_itself_nobody_picks_who_they_are() {
        let ours = settings(Some("https://attache.example.com"));
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "attache.example.com"] {
            assert!(!ours.may_pick(request("GET", &[("host", host)]).headers()), "{host}");
        }
    }

    #[test]
    fn links_lead_to_ourselves_only() {
        let ours = settings(Some("https://attache.example.com"));
        for link in
            ["/reports/1/deck", "https://attache.example.com/decks/x", "http://127.0.0.1:8080/x"]
        {
            assert!(ours.own_link(link).is_some(), "{link}");
        }
        for link in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "https://attache.example.com@evil.example/",
            "http://attache.example.com/",
            "https://ana@attache.example.com/",
            "data:text/html,x",
            "",
        ] {
            assert_eq!(ours.own_link(link), None, "{link}");
        }
    }
}
