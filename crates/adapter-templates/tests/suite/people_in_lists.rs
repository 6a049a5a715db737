//! People whom data names by part: looked up for each text, reachable for those who work there, gone once erased.

use carillon_adapter_templates::Templates;
use carillon_domain::{Channel, EmailAddress, PhoneNumber};
use carillon_ports::catalogue::Catalogue;
use carillon_ports::content::Content;

use crate::directories::Folder;
use crate::stage::{EMBEDDED, Stage, json, kind, person};

/// A kind that knows a host by part, in an object and in a list.
const WITH_A_HOST: &str = r##"
description = "For a test."
actor = "business_user"
audience = "owners"
class = "immediate"
purpose = "service"
[channels.in_app]
[schema]
required = ["visit"]
[schema.properties.visit]
type = "object"
required = ["host"]
[schema.properties.visit.properties]
host = { "$ref" = "#/$defs/person_part" }
also = { type = "array", items = { "$ref" = "#/$defs/person_part" } }
notes = { type = "array", items = { type = "object" } }
[sample.visit]
host = { part = "client.1" }
also = [{ part = "client.3" }]
notes = [{ part = "client.1", said = "hello" }]
"##;

const BODY: &str = "{{ visit.host.name }}{% if visit.host.phone %} {{ visit.host.phone }} {{ visit.host.phone_url }}{% endif %}{% if visit.host.email %} {{ visit.host.email }}{% endif %}";

fn folder(kind_toml: &str, body: &str) -> Folder {
    let folder = Folder::new();
    folder.file("test.visit/kind.toml", kind_toml);
    folder.file("test.visit/en/inbox.toml", &format!("title = 'x'\nbody = '''{body}.'''"));
    folder
}

/// What the text makes of the sample; a no-break blank is shown as `_`.
fn said(kind_toml: &str, body: &str) -> String {
    let templates = Templates::with_directories(&[folder(kind_toml, body).path()])
        .unwrap_or_else(|errors| panic!("\n{errors}"));
    let mut stage = Stage::new("owner.clients_to_call", "en");
    stage.kind = kind("test.visit");
    stage.data = templates.sample(&stage.kind).unwrap();
    match stage.render_with(&templates, Channel::InApp).unwrap() {
        Content::InApp { body, .. } => body.replace('\u{a0}', "_"),
        other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
    }
}

/// What loading the folder objects to, without the path of the folder.
fn objection(kind_toml: &str, body: &str) -> String {
    let folder = folder(kind_toml, body);
    let errors = Templates::with_directories(&[folder.path()]).err();
    let errors = errors.map(|errors| errors.to_string()).unwrap_or_default();
    errors.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_listed_person_is_who_takes_the_part_when_the_text_is_made() {
    let mut stage = Stage::new("owner.clients_to_call", "fr");
    let moved = stage.people.get_mut("client.1").unwrap();
    moved.name = "Camille Durand".to_owned();
    moved.phone = Some(PhoneNumber::parse("+33698765432").unwrap());
    let (_, html, text) = stage.email();
    assert!(text.contains("Camille Durand · +33\u{a0}6\u{a0}98\u{a0}76\u{a0}54\u{a0}32"), "{text}");
    assert!(html.contains(r#"<a href="tel:+33698765432""#), "{html}");
    assert!(!text.contains("Laurent"));
}

#[test]
fn an_erased_person_is_a_client_without_a_name_or_a_number() {
    for (locale, neutral) in [("fr", "Un client"), ("en", "A client")] {
        let mut stage = Stage::new("owner.clients_to_call", locale);
        stage.people.clear();
        let (_, html, text) = stage.email();
        assert_eq!(text.matches(&format!("· {neutral} ·")).count(), 3, "{text}");
        assert!(!html.contains("tel:") && !html.contains("@example.com"), "{html}");
    }
}

#[test]
fn only_those_who_work_for_the_business_read_how_to_reach_somebody() {
    assert_eq!(
        said(WITH_A_HOST, BODY),
        "Camille Laurent +33_6_12_34_56_78 tel:+33612345678 camille.laurent@example.com."
    );
    for (actor, audience) in [("end_client", "clients"), ("platform_admin", "platform_admins")] {
        let told = WITH_A_HOST.replace("business_user", actor).replace("owners", audience);
        assert_eq!(said(&told, BODY), "Camille Laurent.", "{actor}");
    }
}

#[test]
fn a_person_is_found_at_any_depth_and_a_map_with_more_names_stays_a_map() {
    let body = "{% for host in visit.also|default([]) %}{{ host.first_name }}{% endfor %}, {% for note in visit.notes|default([]) %}{{ note.part }}: {{ note.said }}{% endfor %}";
    assert_eq!(said(WITH_A_HOST, body), "Nadia, client.1: hello.");
}

#[test]
fn a_listed_name_made_of_markup_stays_inert() {
    let mut stage = Stage::new("owner.clients_to_call", "en");
    let nasty = stage.people.get_mut("client.1").unwrap();
    nasty.name = "<script>\"&' {{ 7*7 }}\r\nBcc: x@example.com".to_owned();
    nasty.phone = Some(PhoneNumber::from_stored("+\"onclick=\"<b>".to_owned()));
    let (_, html, text) = stage.email();
    assert!(
        html.contains("&lt;script&gt;&quot;&amp;&#39; {{ 7*7 }}") && !html.contains("<script>"),
        "{html}"
    );
    assert!(html.contains(r#"href="tel:+&quot;onclick=&quot;&lt;b&gt;""#) && !html.contains("<b>"), "{html}");
    assert!(!html.contains("49") && !text.contains("49"), "nothing is evaluated: {text}");
}

#[test]
fn an_address_of_mail_is_shown_where_there_is_no_number() {
    let (_, html, text) = Stage::new("owner.clients_to_call", "en").email();
    assert!(html.contains("<br />nadia.petit@example.com") && text.contains("· nadia.petit@example.com ·"));
    assert!(!html.contains("camille.laurent@") && !text.contains("camille.laurent@"), "{text}");
}

#[test]
fn data_that_copies_a_person_into_a_list_is_refused() {
    let refused = |client: &str| {
        let data = format!(
            r#"{{"agenda":{{"day":"2026-12-03T00:00:00+01:00","visits":[{{"starts_at":"2026-12-03T09:00:00+01:00","service":"s","client":{client}}}]}}}}"#
        );
        let errors = EMBEDDED.check_kind(&kind("staff.agenda"), &json(&data));
        errors.into_iter().map(|error| (error.pointer, error.detail)).collect::<Vec<_>>()
    };
    assert_eq!(refused(r#"{"part":"client.1"}"#), []);
    let copied = refused(r#"{"part":"client.1","name":"Camille"}"#);
    assert_eq!(copied[0].0, "/agenda/visits/0/client/name");
    let expected = "must name a part by a word and a number, such as client.1";
    for part in ["client", "client.1000", "Client.1", "client.1\\n"] {
        let found = refused(&format!(r#"{{"part":"{part}"}}"#));
        assert_eq!(found, [("/agenda/visits/0/client/part".to_owned(), expected.to_owned())], "{part}");
    }
}

#[test]
fn what_a_text_may_use_of_a_person_is_checked_when_it_is_loaded() {
    assert_eq!(
        objection(WITH_A_HOST, "{{ visit.host.address }}"),
        "test.visit/en/inbox.toml:2: `visit.host.address` is neither in the schema of this kind nor a name of every text"
    );
    let unknown = objection(&WITH_A_HOST.replace("client.3", "client.99"), BODY);
    assert_eq!(
        unknown,
        "test.visit/kind.toml: the sample names `client.99`, who is not in _shared/samples.toml"
    );
    let untested = objection(WITH_A_HOST, "{{ visit.host.phone }}");
    assert!(untested.contains("undefined value") && untested.contains("visit.host.phone"), "{untested}");
}

#[test]
fn every_person_that_a_sample_names_is_among_the_people_of_the_samples() {
    assert_eq!(EMBEDDED.sample_people().keys().collect::<Vec<_>>(), ["client.1", "client.2", "client.3"]);
    assert_eq!(EMBEDDED.sample_people()["client.1"], {
        let mut camille = person("Camille Laurent");
        camille.id = "client-camille".parse().unwrap();
        camille.email = EmailAddress::parse("camille.laurent@example.com").ok();
        camille.phone = PhoneNumber::parse("+33612345678").ok();
        camille
    });
}
