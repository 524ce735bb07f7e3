//! The one list of sections: address, title, group and type of each. Everything that goes over
//! sections is made from it.

/// Hands the list to another macro: groups in reading order, and in each its sections.
macro_rules! every_section {
    ($then:ident) => {
        $then! {
            Icp "icp" "Ideal customer profile" {
                /// Who buys: the ideal customer profile.
                Icp "icp" "Ideal customer profile" icp::Icp;
            }
            Ipp "ipp" "Ideal partner profile" {
                /// What a great partner looks like.
                IppProfile "ipp.profile" "Ideal partner profile" ipp::IppProfile;
                /// The four recommended partner categories and their value propositions.
                IppTypes "ipp.types" "Partner types" ipp::IppTypes;
            }
            Tam "tam" "Partner TAM" {
                /// The revenue opportunity through partners.
                Tam "tam" "Partner TAM" tam::Tam;
            }
        }
    };
}
pub(crate) use every_section;
