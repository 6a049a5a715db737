//! What a business is told before its text is saved, and where.

use carillon_adapter_templates::Templates;
use carillon_domain::own_text::ProblemCode::{
    BadLink, LooksLikeMarketing, MayBeAbsent, NeverTrue, NoOptOut, NoSuchLanguage, NotAllowed,
    NotInSmsAlphabet, SeveralSegments, SmsTooLong, Unformatted, UnknownFilter, UnknownName, WrongType,
};
use carillon_domain::own_text::TextPart;
use carillon_domain::sms::Alphabet;
use carillon_ports::OwnTexts;

use crate::directories::{Folder, MINIMAL};
use crate::own_stage::{check, email, problems, sms};
use crate::stage::{EMBEDDED, kind};

const REMINDER: &str = "client.reminder_24h";

fn details(body: &str) -> Vec<String> {
    let checked = check(REMINDER, &email("x", body));
    checked.problems.into_iter().map(|problem| problem.detail).collect()
}

#[test]
fn a_text_that_says_what_it_may_has_no_problems() {
    let body = "Bonjour {{ recipient.first_name }},\n\n{% if practitioner %}\nAvec **{{ practitioner.name }}**.\n{% endif %}\n\
        Le {{ appointment.starts_at|date }} à {{ appointment.starts_at|time }} : {{ appointment.service }}\
        {% if appointment.location and not appointment.status == \"cancelled\" %}, {{ appointment.location }}{% endif %}\n\n\
        {% if action_url %}[Voir]({{ action_url }}){% else %}[Écrire](mailto:a@b.example){% endif %}\n\
        {{ business.phone|default(\"\") }}";
    let checked = check(REMINDER, &email("Rappel : {{ appointment.service }}", body));
    assert_eq!(checked.problems, []);
    assert!(checked.is_usable());
}

#[test]
fn a_name_that_is_not_known_is_found_where_it_stands_with_what_was_meant() {
    let checked = check(REMINDER, &email("x", "Bonjour,\n\nle é {{ apointment.starts_at|date }}"));
    let problem = &checked.problems[0];
    assert_eq!((problem.part, problem.line, problem.column), (TextPart::Body, 3, 9));
    assert_eq!(
        problem.detail,
        "`apointment.starts_at` is not known to client.reminder_24h; did you mean `appointment.starts_at`?"
    );
    assert!(!checked.is_usable());
    assert_eq!(
        details("{{ service }}"),
        ["`service` is not known to client.reminder_24h; did you mean `appointment.service`?"]
    );
    assert_eq!(
        details("{{ something_else_entirely }}"),
        ["`something_else_entirely` is not known to client.reminder_24h"]
    );
    assert_eq!(
        problems(REMINDER, &email("{{ a }}", "x{% if b.c %}{% endif %}[x]({{ d }})")),
        [(1, 4, UnknownName), (1, 8, UnknownName), (1, 32, UnknownName)]
    );
}

#[test]
fn what_lies_within_a_text_value_is_not_known_either() {
    assert_eq!(problems(REMINDER, &email("x", "{{ appointment.service.name }}")), [(1, 4, UnknownName)]);
}

#[test]
fn a_name_that_may_be_absent_is_a_warning_outside_of_a_condition_that_makes_sure() {
    let warned = |body: &str| {
        let found = problems(REMINDER, &email("x", body));
        assert!(found.iter().all(|(_, _, code)| *code == MayBeAbsent), "{body}: {found:?}");
        found.len()
    };
    for (body, times) in [
        ("{{ practitioner.name }}", 1),
        ("{% if practitioner %}{{ practitioner.name }}{% endif %}{{ practitioner.name }}", 1),
        ("{% if not practitioner %}x{% else %}{{ practitioner.name }}{% endif %}", 0),
        ("{% if not practitioner %}{{ practitioner.name }}{% endif %}", 1),
        ("{% if practitioner or note %}{{ practitioner.name }}{% endif %}", 1),
        ("{% if not (not practitioner or not note) %}{{ practitioner.name }}{{ note }}{% endif %}", 0),
        ("{% if not note %}x{% elif practitioner %}{{ note }}{{ practitioner.name }}{% endif %}", 0),
        ("{% if appointment %}{{ appointment.location }}{% endif %}", 1),
        ("{% if appointment.location == \"x\" %}{{ appointment.location }}{% endif %}", 0),
        ("[x]({{ action_url }})", 1),
        ("{{ note|default(\"-\") }}{{ recipient.name }}{{ business.name }}{{ unsubscribe_url }}", 0),
    ] {
        assert_eq!(warned(body), times, "{body}");
    }
}

#[test]
fn a_filter_takes_what_it_is_made_for() {
    for (body, expected) in [
        ("{{ appointment.service|date }}", (1, 24, WrongType)),
        ("{{ appointment.starts_at|upper }}", (1, 26, WrongType)),
        ("{{ appointment.starts_at|date|time }}", (1, 31, WrongType)),
        ("{{ appointment.client_ids }}", (1, 4, WrongType)),
        ("{{ appointment.starts_at }}", (1, 4, Unformatted)),
        ("{{ appointment.service|shout }}", (1, 24, UnknownFilter)),
        ("{% if appointment.status == \"confirm\" %}x{% endif %}", (1, 7, NeverTrue)),
        ("{% if appointment.status == appointment.service %}x{% endif %}", (1, 29, NotAllowed)),
        ("{% if appointment.service is defined %}x{% endif %}", (1, 27, NotAllowed)),
        ("[x]({{ appointment.service }})", (1, 8, BadLink)),
    ] {
        assert_eq!(problems(REMINDER, &email("x", body)), [expected], "{body}");
    }
    let paid = "{{ payment.amount|money(payment.currency) }}{{ payment.amount|money(\"EUR\") }}";
    assert_eq!(problems("client.payment_confirmed", &email("x", paid)), []);
    let unpaid = "{{ payment.amount }}{{ payment.amount|money(\"euro\") }}";
    assert_eq!(
        problems("client.payment_confirmed", &email("x", unpaid)),
        [(1, 4, Unformatted), (1, 39, WrongType)]
    );
}

#[test]
fn an_sms_is_counted_with_the_longest_values_there_can_be() {
    let cost = |text: &str| check(REMINDER, &sms(text)).sms.unwrap();
    let short = cost("Rappel : {{ appointment.starts_at|short_date }} à {{ appointment.starts_at|time }}");
    assert_eq!((short.plain.segments, short.plain.alphabet, short.plain), (1, Alphabet::Gsm7, short.worst));
    let named = cost("Bonjour {{ recipient.first_name }}");
    assert_eq!((named.plain.units, named.plain.segments), ("Bonjour ".len() + 60, 1));
    assert_eq!((named.worst.alphabet, named.worst.segments), (Alphabet::Ucs2, 1));
    // août is not in the alphabet, wherever else the longest date is.
    assert_eq!(cost("Le {{ appointment.starts_at|date }}").plain.alphabet, Alphabet::Ucs2);
    let longer = "{% if note %}{{ note }}{% else %}x{% endif %}";
    assert_eq!(cost(longer).plain.units, 200, "of the schema, and of the longer branch");
    let dear = format!("{}{{% if note %}}ê{{% else %}}oui{{% endif %}}", "x".repeat(100));
    assert_eq!(
        (cost(&dear).plain.segments, cost(&dear).plain.alphabet),
        (2, Alphabet::Ucs2),
        "the shorter one can cost more"
    );
}

#[test]
fn an_sms_that_costs_is_a_warning_and_one_that_is_never_sent_an_error() {
    let several = "{{ appointment.service }}";
    assert_eq!(problems(REMINDER, &sms(several)), [(1, 1, SeveralSegments)]);
    let endless = format!("{several} {}", "x".repeat(153 * 6));
    let checked = check(REMINDER, &sms(&endless));
    assert_eq!((checked.problems[0].code, checked.is_usable()), (SmsTooLong, false));
    let long = "x".repeat(500);
    assert!(check(REMINDER, &sms(&long)).is_usable());
    let with_a_name = format!("{long} {{{{ recipient.first_name }}}}");
    assert!(!check(REMINDER, &sms(&with_a_name)).is_usable(), "François would get 8 segments, and so none");
    assert_eq!(problems(REMINDER, &sms("Bientôt !")), [(1, 6, NotInSmsAlphabet)]);
}

#[test]
fn an_offer_in_a_service_message_is_a_warning() {
    assert_eq!(
        problems(REMINDER, &email("Rappel", "À demain !\n\n-20 % sur les soins")),
        [(3, 1, LooksLikeMarketing)]
    );
    assert_eq!(
        problems("client.review_request", &email("Votre avis", "Une offre pour vous")),
        [],
        "it is marketing"
    );
}

#[test]
fn a_marketing_sms_without_a_way_to_stop_it_is_a_warning() {
    let folder = Folder::new();
    let marketing =
        MINIMAL.replace("\"service\"", "\"marketing\"").replace("[channels.in_app]", "[channels.sms]");
    folder.file("test.offers/kind.toml", &marketing);
    folder.file("test.offers/en/sms", "x");
    let templates =
        Templates::with_directories(&[folder.path()]).unwrap_or_else(|errors| panic!("\n{errors}"));
    let codes = |text: &str| {
        let checked = templates.check(&kind("test.offers"), &"en".parse().unwrap(), &sms(text));
        checked.problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("A discount for you"), [NoOptOut]);
    assert_eq!(codes("A discount for you. STOP 36111"), []);
}

#[test]
fn a_language_without_words_here_is_a_warning() {
    for (locale, expected) in [("fr-CH", vec![]), ("en-GB", vec![]), ("ja", vec![NoSuchLanguage])] {
        let checked = EMBEDDED.check(&kind(REMINDER), &locale.parse().unwrap(), &email("x", "y"));
        assert_eq!(
            checked.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
            expected,
            "{locale}"
        );
    }
}
