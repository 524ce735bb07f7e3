//! What `/strategy settings` is to change, read from its words.

/// What is to be changed, as typed; nothing: they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    pub currency: Option<String>,
    pub zone: Option<String>,
    /// The month in which the fiscal year starts.
    pub year: Option<String>,
    pub channel: Option<ChannelChange>,
}

/// Whether people outside may read along in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelChange {
    pub allow: bool,
    /// As it was named; none: the one it was said in.
    pub named: Option<String>,
}

impl SettingsChange {
    /// Reads the words after `settings`; none where one is not known, or lacks its value.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut change = Self::default();
        let mut words = text.split_whitespace().peekable();
        while let Some(name) = words.next() {
            let value = words.next()?;
            let field = match name.to_lowercase().as_str() {
                "currency" => &mut change.currency,
                "zone" => &mut change.zone,
                "year" => &mut change.year,
                "channel" => {
                    let allow = match value.to_lowercase().as_str() {
                        "allow" => true,
                        "deny" => false,
                        _ => return None,
                    };
                    let named = words.next_if(|word| word.starts_with(['#', '<']));
                    let named = named.map(|word| word.trim_end_matches([',', '.']).to_owned());
                    change.channel = Some(ChannelChange { allow, named });
                    continue;
                }
                _ => return None,
            };
            *field = Some(value.to_owned());
        }
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_read_with_its_value() {
        let read = |text| SettingsChange::read(text);
        assert_eq!(read(""), Some(SettingsChange::default()));
        let all = read("Currency EUR year april channel allow <#C1|partners> zone Europe/Berlin");
        let all = all.unwrap();
        assert_eq!(all.currency.as_deref(), Some("EUR"));
        assert_eq!(
            (all.year.as_deref(), all.zone.as_deref()),
            (Some("april"), Some("Europe/Berlin"))
        );
        let named = Some("<#C1|partners>".to_owned());
        assert_eq!(all.channel, Some(ChannelChange { allow: true, named }));
        let here = read("channel DENY").unwrap().channel;
        assert_eq!(here, Some(ChannelChange { allow: false, named: None }));
        for wrong in
            ["currency", "colour blue", "channel", "channel maybe", "channel allow partners"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
