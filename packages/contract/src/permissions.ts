// Who may call what: the roles, and one table of roles by operations. The registry is where a permission is given (`auth`);
// the gateway admits callers by it, docs/permissions.md shows it, and a test tries all of it over HTTP.
import type { Method, Operation, Tag } from './operation.ts';
import { OPERATIONS } from './registry.ts';
import type { AuthKind } from './vocabulary.ts';

export type RoleName = Exclude<AuthKind, 'none'>;

export interface Role {
  /** Heading of its column. */
  readonly title: string;
  readonly who: string;
  readonly credential: string;
  /** What the credential reaches; anything else does not exist for it (`not_found`). */
  readonly reach: string;
}

export const ROLES: Readonly<Record<RoleName, Role>> = {
  operator: {
    title: 'operator',
    who: 'Who runs the gateway.',
    credential: 'The admin token, or a sign-in.',
    reach: 'Providers, keys, agents and regulators; no player and no session.',
  },
  secret: {
    title: 'provider, server',
    who: "A provider's server, or its staff.",
    credential: '`sk_test_...` or `sk_live_...`, or a sign-in',
    reach: 'One world: that provider, test or live.',
  },
  publishable: {
    title: 'provider, client',
    who: 'A game on a player’s device.',
    credential: '`pk_test_...` or `pk_live_...`',
    reach: 'One world, and of it only the start of sessions.',
  },
  agent: {
    title: 'agent',
    who: "An online game agent's counter.",
    credential: '`ak_...`, or a sign-in',
    reach: 'Its own stations and what is played at them.',
  },
  regulator: {
    title: 'regulator',
    who: 'A ministry or department.',
    credential: '`rk_...`, or a sign-in',
    reach: 'What its scope names, read-only.',
  },
  guardian: {
    title: 'guardian',
    who: 'Who registered a child.',
    credential: 'The token of a signed link.',
    reach: 'One child.',
  },
  session: {
    title: 'session',
    who: 'A play session that is running.',
    credential: 'Its `sessionToken`.',
    reach: 'Itself.',
  },
};

export const ROLE_NAMES = Object.keys(ROLES) as readonly RoleName[];

export interface Permission {
  readonly operationId: string;
  readonly method: Method;
  readonly path: string;
  readonly tag: Tag;
  /** True: no key or token is asked for, and `roles` is empty. */
  readonly anybody: boolean;
  /** In the order of ROLE_NAMES. */
  readonly roles: readonly RoleName[];
}

/** One row per operation, in the order of the registry. */
export const PERMISSIONS: readonly Permission[] = OPERATIONS.map(permissionOf);

function permissionOf({ operationId, method, path, tag, auth }: Operation): Permission {
  const roles = ROLE_NAMES.filter((role) => auth.includes(role));
  return { operationId, method, path, tag, anybody: auth.includes('none'), roles };
}
