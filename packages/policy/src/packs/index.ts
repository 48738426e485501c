// The packs as raw JSON: whoever hosts the rules loads and hashes them with loadPolicy. Nothing else in the package
// imports this file, so that code which only resolves or decides carries no pack.
import cnNppa2021 from './cn-nppa-2021.json' with { type: 'json' };
import krChoice from './kr-choice.json' with { type: 'json' };
import vn1472024 from './vn-147-2024.json' with { type: 'json' };

/** The policy documents that ship with the product, not yet parsed. */
export const PACKS: readonly unknown[] = [vn1472024, cnNppa2021, krChoice];
