//! `/strategy help`

use crate::conversation::words;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::Handled;

pub async fn show(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    scene.show("help", words::help::all()).await
}
