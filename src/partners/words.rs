//! The closed lists of words that a fact may use, each with the word of the file and the one for people.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in files, JSON and rows.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The words for people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// Reads the word of a file; case, spaces and hyphens do not matter.
            #[must_use]
            pub fn from_word(text: &str) -> Option<Self> {
                let wanted = plain(text);
                Self::ALL.iter().copied().find(|one| plain(one.word()) == wanted || plain(one.label()) == wanted)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    )+};
}

words! {
    /// What a partner is. Each has one [`Category`], except a strategic one.
    PartnerType {
        Technology = "technology", "Technology";
        Consulting = "consulting", "Consulting";
        Services = "services", "Services";
        Channel = "channel", "Channel";
        Strategic = "strategic", "Strategic";
        Reseller = "reseller", "Reseller";
        Referral = "referral", "Referral";
    }
    /// The three parts of the partner TAM.
    Category {
        Solutions = "solutions", "Solutions";
        Technology = "technology", "Technology";
        Sales = "sales", "Sales";
    }
    /// How money flows with a partner (S-03). A partner may hold several.
    Model {
        Referral = "referral", "Referral";
        Reseller = "reseller", "Reseller";
        CoSell = "co_sell", "Co-sell";
        Implementation = "implementation", "Implementation";
        OemEmbed = "oem_embed", "OEM / embed";
        JointVenture = "joint_venture", "Joint venture";
        TechnologyAlliance = "technology_alliance", "Technology alliance";
    }
    /// The program tier (S-10 to S-13), lowest first, so that a higher tier is the greater one.
    Tier {
        Registered = "registered", "Registered";
        Silver = "silver", "Silver";
        Gold = "gold", "Gold";
        Platinum = "platinum", "Platinum";
    }
    /// Whether the rules or a person set the tier. A manual tier is named as such in reports.
    TierSource {
        Automatic = "automatic", "Automatic";
        Manual = "manual", "Manual";
    }
    /// The landscape band (S-05, A-05). Not a tier.
    Band {
        /// Strategic, a Platinum target.
        A = "A", "A";
        /// Growth, a Gold target.
        B = "B", "B";
        /// Long tail.
        C = "C", "C";
    }
    /// Where a partnership stands.
    PartnerStatus {
        /// Known, nothing begun.
        Prospect = "prospect", "Prospect";
        /// Talks are under way.
        Recruiting = "recruiting", "Recruiting";
        /// The agreement is signed.
        Active = "active", "Active";
        /// Over; kept for the figures of the past.
        Archived = "archived", "Archived";
    }
    /// Who brought the deal. The three are never added up into one figure.
    Attribution {
        /// The partner brought it.
        Sourced = "sourced", "Sourced";
        /// The partner helped with a deal that was ours already.
        Influenced = "influenced", "Influenced";
        /// No partner took part.
        Direct = "direct", "Direct";
    }
    /// How a deal ended, if it did.
    Outcome {
        Open = "open", "Open";
        Won = "won", "Won";
        Lost = "lost", "Lost";
    }
    /// What was done with a partner.
    ActivityKind {
        /// A quarterly, half-yearly or yearly business review.
        BusinessReview = "business_review", "Business review";
        /// A joint go-to-market activity.
        JointGtm = "joint_gtm", "Joint GTM activity";
        /// People of the partner who were certified; how many stands in `people`.
        Certification = "certification", "Certification";
        Webinar = "webinar", "Webinar";
        /// A joint press mention.
        Press = "press", "Press mention";
        /// We spoke at the partner's event.
        Stage = "stage", "Partner stage";
        /// A co-authored paper.
        Whitepaper = "whitepaper", "Whitepaper";
        Meeting = "meeting", "Meeting";
        Proposal = "proposal", "Proposal";
    }
}

impl PartnerType {
    /// The TAM category that a type counts under; a strategic partner's must be set by hand.
    #[must_use]
    pub fn category(self) -> Option<Category> {
        match self {
            Self::Technology => Some(Category::Technology),
            Self::Consulting | Self::Services => Some(Category::Solutions),
            Self::Reseller | Self::Referral | Self::Channel => Some(Category::Sales),
            Self::Strategic => None,
        }
    }
}

impl Tier {
    /// The next tier down; `None` at Registered, the floor.
    #[must_use]
    pub fn below(self) -> Option<Self> {
        Self::ALL.iter().copied().rfind(|tier| *tier < self)
    }

    /// The next tier up; `None` at Platinum.
    #[must_use]
    pub fn above(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|tier| *tier > self)
    }
}

/// Letters and digits in lower case: what is left when spelling habits are taken away.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_category_and_strategic_has_none() {
        let found: Vec<_> =
            PartnerType::ALL.iter().map(|t| t.category().map(Category::word)).collect();
        assert_eq!(
            found,
            [
                Some("technology"),
                Some("solutions"),
                Some("solutions"),
                Some("sales"),
                None,
                Some("sales"),
                Some("sales")
            ]
        );
    }

    #[test]
    fn words_are_read_in_any_case_and_with_spaces_or_hyphens() {
        assert_eq!(Model::from_word("Co-Sell"), Some(Model::CoSell));
        assert_eq!(Model::from_word("OEM / Embed"), Some(Model::OemEmbed));
        assert_eq!(ActivityKind::from_word("Joint GTM"), Some(ActivityKind::JointGtm));
        assert_eq!(Tier::from_word("diamond"), None);
        assert_eq!(Tier::from_word(""), None);
    }

    #[test]
    fn json_uses_the_words_of_the_file() {
        assert_eq!(serde_json::to_string(&Model::CoSell).unwrap(), "\"co_sell\"");
        assert_eq!(serde_json::from_str::<Band>("\"B\"").unwrap(), Band::B);
    }

    #[test]
    fn tiers_step_up_and_down_and_stop_at_both_ends() {
        assert_eq!(Tier::Gold.below(), Some(Tier::Silver));
        assert_eq!(Tier::Gold.above(), Some(Tier::Platinum));
        assert_eq!((Tier::Registered.below(), Tier::Platinum.above()), (None, None));
    }
}
