//! Numbers of a request that may be two, quotations left out.

use crate::numbers::{self, Ambiguity, Meant};

use super::token::{Shape, tidy, tokens};

/// Each of them, with its size.
pub(crate) fn doubts(request: &str) -> Vec<Ambiguity> {
    let text = tidy(request);
    let all = tokens(&text);
    let numbers = all.iter().filter(|token| token.shape == Shape::Number);
    numbers.flat_map(|token| numbers::doubts(&text[token.at.clone()])).collect()
}

/// The request with each of them as it was meant.
pub(crate) fn settled(request: &str, meant: Meant) -> String {
    let text = tidy(request);
    let mut out = String::new();
    let mut kept = 0;
    for token in tokens(&text).iter().filter(|token| token.shape == Shape::Number) {
        out.push_str(&text[kept..token.at.start]);
        out.push_str(&numbers::settled(&text[token.at.clone()], meant));
        kept = token.at.end;
    }
    out + &text[kept..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_no_number() {
        let request = "set accounts to 40.000 because \"ISO 27.001\" says v1.234";
        assert_eq!(doubts(request).len(), 1);
        let settled = settled(request, Meant::Thousands);
        assert_eq!(settled, "set accounts to 40000 because \"ISO 27.001\" says v1.234");
    }
}
