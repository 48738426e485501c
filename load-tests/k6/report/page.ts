// The report as one page that needs nothing from anywhere.
import type { Figure } from './figures.ts';
import type { Report } from './report.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2430; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #d8dee8; vertical-align: top; }
td.value { font-variant-numeric: tabular-nums; }
.met { color: #126b3a; } .short { color: #a3151f; font-weight: 600; }`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: unknown): string => String(text).replace(/[&<>"]/g, (sign) => ESCAPES[sign]!);

function rowOf({ name, thresholds, unit, values }: Figure): string {
  const told = Object.entries(values).map(([stat, value]) => {
    return `${escaped(stat)} ${value}${unit === '' || stat === 'count' ? '' : ` ${unit}`}`;
  });
  const kept = Object.entries(thresholds).map(
    ([rule, isKept]) =>
      `<span class="${isKept ? 'met' : 'short'}">${escaped(rule)}: ${isKept ? 'met' : 'falls short'}</span>`,
  );
  const cells = [escaped(name), told.join(' &middot; '), kept.join('<br>')];
  return `<tr><td>${cells[0]}</td><td class="value">${cells[1]}</td><td>${cells[2]}</td></tr>`;
}

function factsOf(facts: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<table>${rows.join('\n')}</table>`;
}

export function pageOf({ durationMs, figures, isMet, run, scenario, settings }: Report): string {
  const verdict = isMet ? '<span class="met">every target met</span>' : '<span class="short">falls short</span>';
  const title = `Load test: ${escaped(scenario)}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>
<body>
<h1>${title}</h1>
<p>${verdict}</p>
<table><tr><th>Figure</th><th>Found</th><th>Target</th></tr>
${figures.map(rowOf).join('\n')}
</table>
<h2>Run</h2>
${factsOf({ ...run, durationMs })}
<h2>Settings</h2>
${factsOf(settings)}
</body>
</html>
`;
}
