// The look. Everything a game may want to change is a custom property or a part; sizes follow the screen from 320 px to
// 4K, and nothing but buttons and links takes a pointer from the game.
export const STYLES = `
:host{
--_surface:var(--playgate-surface,rgb(20 25 46/.9));--_text:var(--playgate-text,#f6f7ff);
--_card:var(--playgate-card,#fff);--_ink:var(--playgate-ink,#1d2340);--_soft:var(--playgate-ink-soft,#545b7a);
--_accent:var(--playgate-accent,#3d55d6);--_on-accent:var(--playgate-on-accent,#fff);
--_warm:var(--playgate-warm,#ffcf70);--_veil:var(--playgate-veil,rgb(16 20 42/.88));
--_radius:var(--playgate-radius,.9em);--_inset:var(--playgate-inset,.75em);
display:contents}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
.layer,dialog{font:500 clamp(14px,9.5px + .8vmin,30px)/1.45 var(--playgate-font,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif);
border:0;padding:0;background:none;max-width:none;max-height:none;width:auto;height:auto}
.layer{position:fixed;inset:0;z-index:var(--playgate-z,2147483000);pointer-events:none;overflow:hidden;color:var(--_text)}
.bar{position:absolute;top:max(var(--_inset),env(safe-area-inset-top));left:max(var(--_inset),env(safe-area-inset-left));display:flex;gap:.45em;align-items:stretch}
.badge,.countdown{display:flex;align-items:center;background:var(--_surface);border-radius:.6em;padding:.18em .6em;font-weight:700}
.badge{border:.14em solid currentColor}
.countdown{gap:.45em;font-variant-numeric:tabular-nums}
.countdown::before{content:"";width:.55em;height:.55em;border-radius:50%;background:#8fa2ff}
.countdown[data-near]::before{background:var(--_warm)}
.toasts{position:absolute;top:calc(max(var(--_inset),env(safe-area-inset-top)) + 2.6em);left:0;right:0;display:grid;gap:.5em;justify-items:center;padding:0 var(--_inset)}
.toasts>div{display:grid;gap:.5em;justify-items:center;width:100%}
.toast{display:flex;gap:.75em;align-items:flex-start;width:fit-content;max-width:min(34em,100%);background:var(--_surface);border-radius:var(--_radius);padding:.7em 1em;box-shadow:0 .3em 1.4em rgb(8 10 25/.35)}
.warm::before{content:"";flex:none;width:.26em;align-self:stretch;border-radius:1em;background:var(--_warm);margin-left:-.2em}
.notice{flex-direction:column;gap:.15em;padding:.85em 1.15em;border-top:.22em solid var(--_warm)}
.notice strong{font-weight:600;font-size:.86em;opacity:.85}
.sentence{font-size:1.14em;font-weight:650;line-height:1.35}
button{font:inherit;cursor:pointer;border:0;pointer-events:auto}
.x{flex:none;background:none;color:inherit;width:2em;height:2em;margin:-.28em -.5em -.28em 0;border-radius:50%;font-size:1em;line-height:1;display:grid;place-items:center;opacity:.85}
.x:hover{opacity:1;background:rgb(255 255 255/.14)}
button:focus-visible,a:focus-visible{outline:.16em solid currentColor;outline-offset:.14em}
dialog{position:fixed;inset:0;width:100%;height:100%;overflow:auto;color:var(--_ink);pointer-events:auto}
dialog[open]{display:grid;place-items:center;padding:1em}
dialog::backdrop{background:var(--_veil)}
.card{width:min(29em,100%);background:var(--_card);border-radius:calc(var(--_radius)*1.5);padding:1.7em 1.6em 1.5em;display:grid;gap:1em;box-shadow:0 1em 4em rgb(5 8 25/.45);margin:auto}
.moon{width:2.7em;height:2.7em;border-radius:50%;box-shadow:inset .8em -.25em var(--_accent);rotate:-18deg}
h2{font-size:1.5em;line-height:1.2;font-weight:700;outline:none}
.next{font-weight:650}
.aside{display:grid;gap:.1em;color:var(--_soft);font-size:.93em}
.aside strong{color:var(--_ink);font-weight:650}
.hotline{grid-template-columns:auto 1fr;column-gap:.9em;align-items:center;background:color-mix(in srgb,var(--_accent) 9%,var(--_card));border-radius:var(--_radius);padding:.75em .95em}
.hotline a{grid-row:span 2;font-size:1.65em;font-weight:750;color:var(--_accent);text-decoration:none;border-radius:.2em;padding:.1em .15em}
.exit{background:var(--_accent);color:var(--_on-accent);border-radius:var(--_radius);padding:.7em 1.4em;font-weight:650;justify-self:stretch}
.exit:focus-visible{outline-color:var(--_ink)}
@media (max-width:480px){dialog[open]{padding-top:3.4em}.card{padding:1.25em 1.15em 1.15em;gap:.8em}h2{font-size:1.3em}}
@media (prefers-reduced-motion:no-preference){.toast,.card{animation:in .28s ease-out}@keyframes in{from{opacity:0;transform:translateY(-.5em)}}}
@media (forced-colors:active){.badge,.countdown,.toast,.card,.exit{border:1px solid}}
`;
