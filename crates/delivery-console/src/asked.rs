//! What the address of the mailbox page asks for, and addresses that ask for something else.

use carillon_domain::Channel;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

/// The page itself.
pub(crate) const MAILBOX: &str = "/console/mailbox";

/// The query as it came. What is not understood counts as not said: an address typed by hand gets a page, not an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    message: Option<String>,
    channel: Option<String>,
    q: Option<String>,
    view: Option<String>,
    width: Option<String>,
}

impl Asked {
    /// Which message, whether there can be such a one or not.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref().filter(|text| !text.is_empty())
    }

    /// Only messages of this channel.
    pub(crate) fn channel(&self) -> Option<Channel> {
        self.channel.as_deref()?.parse().ok()
    }

    /// Only messages with this in their recipient or subject.
    pub(crate) fn search(&self) -> &str {
        self.q.as_deref().unwrap_or_default().trim()
    }

    /// How an e-mail is shown.
    pub(crate) fn view(&self) -> View {
        View::ALL.into_iter().find(|view| Some(view.as_str()) == self.view.as_deref()).unwrap_or(View::Html)
    }

    /// How wide its HTML is shown.
    pub(crate) fn width(&self) -> Width {
        Width::ALL
            .into_iter()
            .find(|width| Some(width.as_str()) == self.width.as_deref())
            .unwrap_or(Width::Desktop)
    }

    /// The list alone.
    pub(crate) fn list(&self) -> String {
        self.address(None, View::Html, Width::Desktop, self.channel())
    }

    /// The list alone, of one channel or of all.
    pub(crate) fn list_of(&self, channel: Option<Channel>) -> String {
        self.address(None, View::Html, Width::Desktop, channel)
    }

    /// A message in a view, under the same filter.
    pub(crate) fn opened(&self, seq: u64, view: View, width: Width) -> String {
        self.address(Some(seq), view, width, self.channel())
    }

    fn address(&self, message: Option<u64>, view: View, width: Width, channel: Option<Channel>) -> String {
        let search = Some(self.search()).filter(|search| !search.is_empty());
        let pairs = [
            ("message", message.map(|seq| seq.to_string())),
            ("view", (view != View::Html).then(|| view.as_str().to_owned())),
            ("width", (width != Width::Desktop).then(|| width.as_str().to_owned())),
            ("channel", channel.map(|channel| channel.as_str().to_owned())),
            ("q", search.map(str::to_owned)),
        ];
        let mut query = Serializer::new(String::new());
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        let query = query.finish();
        if query.is_empty() { MAILBOX.to_owned() } else { format!("{MAILBOX}?{query}") }
    }
}

/// How an e-mail is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// As it renders.
    Html,
    /// Its plain-text part.
    Text,
    /// The whole message as it goes over the wire.
    Source,
    /// Its header fields.
    Headers,
}

impl View {
    pub(crate) const ALL: [Self; 4] = [Self::Html, Self::Text, Self::Source, Self::Headers];

    /// As addresses have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
            Self::Source => "source",
            Self::Headers => "headers",
        }
    }

    /// As the tab has it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::Text => "Text",
            Self::Source => "Source",
            Self::Headers => "Headers",
        }
    }
}

/// How wide an e-mail's HTML is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// 700 pixels.
    Desktop,
    /// 380 pixels.
    Phone,
}

impl Width {
    pub(crate) const ALL: [Self; 2] = [Self::Desktop, Self::Phone];

    /// As addresses have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
        }
    }

    /// As the switch has it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Desktop => "Desktop width, 700 px",
            Self::Phone => "Phone width, 380 px",
        }
    }
}
