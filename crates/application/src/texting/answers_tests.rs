use std::sync::LazyLock;

use super::*;
use carillon_adapter_templates::Templates;
use carillon_testkit::build::{self, now};
use chrono::TimeDelta;

static TEXTS: LazyLock<Templates> = LazyLock::new(|| Templates::embedded().expect("texts in order"));

fn voice(french: bool, name: &str) -> Voice<'static> {
    Voice {
        french,
        locale: build::id(if french { "fr" } else { "en-GB" }),
        renderer: &*TEXTS,
        now: now(),
        zone: chrono_tz::Europe::Paris,
        place: chrono_tz::Europe::Paris,
        name: Some(name.to_owned()),
        phone: Some("04 78 00 00 00".to_owned()),
    }
}

fn booking(name: &str, hours: i64) -> Booking {
    let mut appointment = build::appointment(name);
    appointment.starts_at = now() + TimeDelta::hours(hours);
    build::booking(appointment, 1)
}

#[test]
fn people_are_answered_in_their_language_and_zone() {
    let (first, second) = (booking("a-1", 24), booking("a-2", 30));
    let both = [&first, &second];
    let table = [
        (
            Answer::Confirmed(&first),
            "merci, votre rendez-vous du mer. 02/12 à 09:00 est confirmé.",
            "thank you, your appointment on Wed 2 Dec at 09:00 is confirmed.",
        ),
        (
            Answer::ConfirmedBefore(&first),
            "merci, c'est noté. Votre rendez-vous du mer. 02/12 à 09:00 était déjà confirmé.",
            "thank you, noted. Your appointment on Wed 2 Dec at 09:00 was confirmed already.",
        ),
        (
            Answer::AskedToCancel(&first),
            "votre demande d'annulation du rendez-vous du mer. 02/12 à 09:00 est transmise. Pour nous joindre : 04 78 00 00 00.",
            "we passed on your wish to cancel the appointment on Wed 2 Dec at 09:00. To reach us: 04 78 00 00 00.",
        ),
        (
            Answer::Which(Reply::Yes, &both),
            "quel rendez-vous ? Répondez OUI 1 pour le mer. 02/12 à 09:00 ou OUI 2 pour le mer. 02/12 à 15:00.",
            "which appointment? Reply YES 1 for Wed 2 Dec at 09:00 or YES 2 for Wed 2 Dec at 15:00.",
        ),
        (
            Answer::Help,
            "ce numéro envoie des SMS sur vos rendez-vous. Pour nous joindre : 04 78 00 00 00. Pour ne plus en recevoir : STOP.",
            "this number sends texts about your appointments. To reach us: 04 78 00 00 00. For no more of them, reply STOP.",
        ),
    ];
    for (answer, french, english) in table {
        assert_eq!(voice(true, "Atelier Lumière").write(&answer), format!("Atelier Lumière : {french}"));
        assert_eq!(voice(false, "Atelier Lumière").write(&answer), format!("Atelier Lumière: {english}"));
    }
    let nobody = Voice { name: None, phone: None, ..voice(true, "") };
    assert_eq!(
        nobody.write(&Answer::Stopped),
        "C'est noté, vous ne recevrez plus de SMS. Pour en recevoir à nouveau : START."
    );
}

#[test]
fn an_answer_names_the_day_the_hour_and_the_place_as_the_reader_does() {
    use chrono_tz::{America::New_York, Europe::London, Europe::Paris};
    let year = 365 * 24;
    // the reader's language and zone, hours from now, the zone of the place
    let table = [
        ("fr", Paris, 24, Paris, "mer. 02/12 à 09:00"),
        ("fr-FR", Paris, 24, Paris, "mer. 02/12 à 09:00"),
        ("fr-FR", Paris, 24, London, "mer. 02/12 à 08:00 (Londres)"),
        ("fr-FR", Paris, year, Paris, "mer. 01/12/2027 à 09:00"),
        ("fr-FR", Paris, 330 * 24, Paris, "mer. 27/10 à 10:00"),
        ("fr-CA", New_York, 24, New_York, "mer. 12-02 à 03 h 00"),
        ("fr-CH", Paris, 24, Paris, "mer., 02.12. à 09:00"),
        ("en-GB", London, 24, London, "Wed 2 Dec at 08:00"),
        ("en-GB", London, year, Paris, "Wed, 1 Dec 2027 at 09:00 (Paris)"),
        ("en-US", New_York, 24, New_York, "Wed, Dec 2 at 3:00 AM"),
        ("en-US", New_York, year, New_York, "Wed, Dec 1, 2027 at 3:00 AM"),
        ("en-US", New_York, 24, Paris, "Wed, Dec 2 at 9:00 AM (Paris)"),
        ("fr", Paris, 24, chrono_tz::Africa::Cairo, "mer. 02/12 à 10:00 (Le Caire)"),
        ("en", Paris, 24, chrono_tz::America::Sao_Paulo, "Wed, Dec 2 at 5:00 AM (Sao Paulo)"),
    ];
    for (locale, zone, hours, place, expected) in table {
        let mut booking = booking("a-1", hours);
        booking.appointment.timezone = Some(place);
        let french = locale.starts_with("fr");
        let voice = Voice { locale: build::id(locale), zone, ..voice(french, "Zoé") };
        let text = voice.write(&Answer::Confirmed(&booking));
        assert!(text.contains(&format!(" {expected} ")), "{locale} {expected:?}: {text}");
        let cost = cost(&text);
        assert_eq!((cost.alphabet, cost.segments), (Alphabet::Gsm7, 1), "{text}");
    }
}

#[test]
fn every_answer_is_one_segment_whatever_the_business_is_called() {
    let bookings: Vec<Booking> = (0..6).map(|index| booking(&format!("a-{index}"), 20 + index)).collect();
    let all: Vec<&Booking> = bookings.iter().collect();
    let names = [
        "",
        "Chez Zoé",
        "L’Œil & la Crêpe — coiffure",
        "サロン",
        "👍🏽",
        "[{€}]",
        &"Très Long Nom ".repeat(15),
        &"x".repeat(200),
    ];
    for french in [true, false] {
        for name in names {
            let voice = voice(french, name);
            let room = voice.room_for(Reply::No, &all);
            let answers = [
                Answer::Confirmed(all[0]),
                Answer::ConfirmedBefore(all[0]),
                Answer::AskedToCancel(all[0]),
                Answer::Which(Reply::No, &all[..room]),
                Answer::What(Some(all[0])),
                Answer::What(None),
                Answer::Stopped,
                Answer::Started,
                Answer::Help,
            ];
            assert!(room >= 3, "{name}: {room}");
            for answer in answers {
                let text = voice.write(&answer);
                let cost = cost(&text);
                assert_eq!((cost.alphabet, cost.segments), (Alphabet::Gsm7, 1), "{text}");
            }
        }
    }
    assert_eq!(short("L’Œil & la Crêpe", 40), "L'Oeil & la Crepe");
}
