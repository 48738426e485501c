import type { Grant } from './sign-in-sessions.ts';
import type { RoleRule } from './sign-in-settings.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** What the first fitting rule gives; null: these claims give nothing here. */
export function grantOfClaims(claims: Claims, rules: readonly RoleRule[]): Grant | null {
  const rule = rules.find((each) => fits(claims, each));
  if (rule === undefined) return null;
  switch (rule.role) {
    case 'operator':
      return { role: rule.role };
    case 'provider':
      return { role: rule.role, subjectId: rule.subjectId, mode: rule.mode };
    default:
      return { role: rule.role, subjectId: rule.subjectId };
  }
}

/** A claim of another type than the rule expects does not fit: `includes` never looks into a text. */
function fits(claims: Claims, { claim, equals, includes }: RoleRule): boolean {
  if (!Object.hasOwn(claims, claim)) return false;
  const value = claims[claim];
  if (equals !== undefined) return value === equals;
  return Array.isArray(value) && includes !== undefined && value.includes(includes);
}
