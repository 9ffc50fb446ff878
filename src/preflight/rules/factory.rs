//! Account Factory: what it left behind, and whether the caller may use it.

use crate::preflight::scene::Scene;

pub(super) fn products(scene: &mut Scene<'_>) {
    let Ok(Some(factory)) = &scene.evidence.factory else { return };
    let own = factory.products.iter().filter(|product| product.account.as_deref() == Some(&scene.account.id));
    for product in own {
        let words = match &product.message {
            Some(message) => format!("{} is {}: {message}", product.name, product.status),
            None => format!("{} is {}", product.name, product.status),
        };
        let names = [("product", product.id.as_str())];
        match product.status.as_str() {
            _ if product.is_unfinished() => scene.find("product-unfinished", None, words, &names),
            "TAINTED" | "ERROR" => scene.find("product-tainted", None, words, &names),
            "UNDER_CHANGE" => scene.find("product-under-change", None, words, &names),
            _ => {}
        }
    }
}

pub(super) fn portfolio(scene: &mut Scene<'_>) {
    match &scene.evidence.factory {
        Ok(Some(factory)) if !factory.admits => {
            let principal = scene.evidence.principal.clone();
            let words = format!("{principal} is none of its principals");
            let names = [("portfolio", factory.portfolio.as_str()), ("principal", principal.as_str())];
            scene.find("not-in-portfolio", None, words, &names);
        }
        Ok(Some(_)) => {}
        Ok(None) => {
            let words = "there is no Account Factory portfolio in the home Region";
            scene.find("no-account-factory", None, words, &[]);
        }
        Err(error) => scene.find("no-account-factory", None, error.to_string(), &[]),
    }
}
