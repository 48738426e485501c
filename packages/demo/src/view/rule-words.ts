import type { BindingRule } from '@playgate/sdk/browser';
import type { DemoRule } from '../demo-api.ts';
import { texts } from '../language.ts';

const MINUTE_MS = 60_000;
/** What a policy says about a citation follows it. */
const REMARK = /: | \(read /;

/** A rule in the words of the visitor. */
export function describeRule({ id, limitMs, scope }: BindingRule): string {
  const { minutes, rules } = texts();
  const limit = minutes(Math.round((limitMs ?? 0) / MINUTE_MS));
  if (scope === 'game') return rules.game(limit);
  if (scope === 'identity') return id === 'guardian' ? rules.guardian : id === 'phone' ? rules.phone : rules.identity;
  if (scope === 'rating') return rules.rating;
  if (scope === 'agent' || scope === 'agent_hours') return rules.agent;
  return scope === 'window' ? rules.window : rules.provider(limit);
}

/** Where the law says so; empty where the page does not know. */
export function citeOf(rules: readonly DemoRule[], id: string | undefined): string {
  const [cite = ''] = (rules.find((rule) => rule.id === id)?.cite ?? '').split(REMARK);
  return texts().cite(cite);
}
