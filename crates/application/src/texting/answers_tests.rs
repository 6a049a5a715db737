use super::*;
use carillon_testkit::build::{self, now};
use chrono::TimeDelta;

fn voice(french: bool, name: &str) -> Voice {
    Voice {
        french,
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
