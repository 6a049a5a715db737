//! Names as they stand in the customer lists of salons, and what a greeting makes of them.

use super::{called, check, greeted, unlinked};

const GREETINGS: [(&str, Option<&str>); 100] = [
    // As most are.
    ("Zoé Martin", Some("Zoé")),
    ("Camille", Some("Camille")),
    ("Jean-Pierre Dupont", Some("Jean-Pierre")),
    ("Marie-Claire de La Tour", Some("Marie-Claire")),
    ("Inès  Moreau", Some("Inès")),
    (" Alix Roux ", Some("Alix")),
    ("Mary Jane Watson", Some("Mary")),
    ("Jean P. Martin", Some("Jean")),
    ("D’Artagnan", Some("D’Artagnan")),
    ("O'Neil", Some("O'Neil")),
    ("李小龙", Some("李小龙")),
    ("Мария Иванова", Some("Мария")),
    ("محمد علي", Some("محمد")),
    ("Nguyễn Văn An", Some("Nguyễn")),
    // The surname first, as in lists.
    ("MARTIN, Zoé", Some("Zoé")),
    ("Martin, Zoé", Some("Zoé")),
    ("Martin,Zoé", Some("Zoé")),
    ("Martin , Zoé", Some("Zoé")),
    ("ROUX, Alix", Some("Alix")),
    ("Smith, John", Some("John")),
    ("SMITH, JOHN", Some("John")),
    ("de La Tour, Marie", Some("Marie")),
    ("Smith, Mary Jane", Some("Mary")),
    ("Roux, Mme", Some("Mme Roux")),
    ("Martin, Dr. Zoé", Some("Zoé")),
    ("MARTIN Zoé", Some("Zoé")),
    ("DE LA TOUR Marie", Some("Marie")),
    ("Martin,", Some("Martin")),
    // In capitals or in small letters.
    ("ZOÉ MARTIN", Some("Zoé")),
    ("JEAN-PIERRE DUPONT", Some("Jean-Pierre")),
    ("zoé martin", Some("Zoé")),
    ("jean-pierre", Some("Jean-Pierre")),
    ("McKenzie Smith", Some("McKenzie")),
    ("LI Wei", Some("LI")),
    // Titles with a first name.
    ("Dr. Marie Curie", Some("Marie")),
    ("Dr Marie Curie", Some("Marie")),
    ("Dr.Marie Curie", Some("Marie")),
    ("Dr. Alix Roux", Some("Alix")),
    ("Docteur Alix Roux", Some("Alix")),
    ("Mme Zoé Martin", Some("Zoé")),
    ("Madame Zoé MARTIN", Some("Zoé")),
    ("Mme MARTIN Zoé", Some("Zoé")),
    ("M. Paul Dupont", Some("Paul")),
    ("Mr. John Smith", Some("John")),
    ("Mrs. Jane Smith", Some("Jane")),
    ("Prof. Dr. Anna Weber", Some("Anna")),
    ("Pr Louise Durand", Some("Louise")),
    ("Sir Elton John", Some("Sir Elton")),
    ("Sœur Marie", Some("Sœur Marie")),
    // Titles with a surname alone.
    ("Mme Martin", Some("Mme Martin")),
    ("Mme. Martin", Some("Mme Martin")),
    ("MME MARTIN", Some("Mme Martin")),
    ("mme martin", Some("Mme Martin")),
    ("Mme Roux", Some("Mme Roux")),
    ("Mlle Roux", Some("Mlle Roux")),
    ("Madame Martin", Some("Madame Martin")),
    ("M. Dupont", Some("M. Dupont")),
    ("M Dupont", Some("M. Dupont")),
    ("M.Dupont", Some("M. Dupont")),
    ("Monsieur Dupont", Some("Monsieur Dupont")),
    ("Pr Durand", Some("Pr Durand")),
    ("Dr Roux", Some("Dr Roux")),
    ("Me Petit", Some("Me Petit")),
    ("Mr Smith", Some("Mr Smith")),
    ("Mr. Smith", Some("Mr Smith")),
    ("Mrs Smith", Some("Mrs Smith")),
    ("Ms. Jones", Some("Ms Jones")),
    ("Dr. J. Smith", Some("Dr Smith")),
    ("Mme de La Tour", Some("Mme de La Tour")),
    // Two people.
    ("M. et Mme Dupont", Some("M. et Mme Dupont")),
    ("Mr and Mrs Smith", Some("Mr and Mrs Smith")),
    ("Alix et Camille Roux", Some("Alix et Camille")),
    ("Jane & John Smith", Some("Jane & John")),
    // Initials, additions, notes.
    ("J. Martin", Some("J. Martin")),
    ("J.P. Martin", Some("J.P. Martin")),
    ("John Smith Jr.", Some("John")),
    ("John Smith, Jr.", Some("John")),
    ("Jane Doe, PhD", Some("Jane")),
    ("Zoé Martin (VIP)", Some("Zoé")),
    ("(VIP) Zoé Martin", Some("Zoé")),
    ("\"Zoé\" Martin", Some("Zoé")),
    ("Zoé 🌸 Martin", Some("Zoé")),
    ("🌸 Zoé", Some("Zoé")),
    ("\u{200b}Zoé\u{202c} Martin", Some("Zoé")),
    // No name of a person.
    ("", None),
    ("\u{200b}\u{2060}", None),
    ("   ", None),
    ("Mme", None),
    ("Dr.", None),
    ("12345", None),
    ("???", None),
    ("👍", None),
    ("null", None),
    ("N/A", None),
    ("Inconnu", None),
    ("Salon Martin SARL", None),
    ("https://evil.example/win maintenant", None),
    ("evil.example/win", None),
    ("Win at evil.example now", None),
    ("camille@example.com", None),
];

#[test]
fn a_greeting_calls_people_as_they_expect_or_not_at_all() {
    let mut wrong = Vec::new();
    for (name, expected) in GREETINGS {
        let found = greeted(name);
        if found.as_deref() != expected {
            wrong.push(format!("{name:?}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_greeting_is_never_a_link_and_always_one_line() {
    for (name, _) in GREETINGS {
        let greeted = greeted(name).unwrap_or_default();
        assert_eq!(unlinked(&greeted), greeted, "{name:?}");
        assert!(!greeted.contains(['\n', ',']), "{name:?}");
    }
}

#[test]
fn whoever_cannot_be_greeted_is_still_called_something() {
    assert_eq!(called("Zoé Martin"), "Zoé");
    assert_eq!(called("12345"), "12345");
    assert_eq!(called("Salon Martin SARL"), "Salon Martin SARL");
}

#[test]
fn what_cannot_be_a_name_is_refused() {
    for name in [
        "",
        " ",
        "\u{200b}\u{200d}\u{feff}",
        "\u{3164}",
        "https://evil.example/win",
        "www.evil.example",
        "WWW.evil.example",
    ] {
        assert!(check(name).is_err(), "{name:?}");
    }
    assert!(check(&"x".repeat(201)).is_err());
    for name in ["Zoé", "李", "J.", "12", "evil.example", "camille@example.com", &"x".repeat(200)] {
        assert_eq!(check(name), Ok(()), "{name:?}");
    }
}

#[test]
fn a_name_that_looks_like_an_address_is_printed_so_that_it_is_no_link() {
    let table = [
        ("Zoé Martin", "Zoé Martin"),
        ("J.P. Martin", "J.P. Martin"),
        ("St. John", "St. John"),
        ("evil.example/win", "evil. example/win"),
        ("https://evil.example/a.b", "https: //evil. example/a.b"),
        ("Win at www.evil.co.uk now", "Win at www. evil. co. uk now"),
        ("camille@example.com", "camille@example. com"),
        ("Salon 2.0", "Salon 2.0"),
        ("Martin & Co.", "Martin & Co."),
        ("evil。example", "evil。 example"),
    ];
    for (name, expected) in table {
        assert_eq!(unlinked(name), expected, "{name}");
        assert_eq!(unlinked(expected), expected, "{name}");
    }
}
