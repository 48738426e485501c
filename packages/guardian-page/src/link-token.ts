// The token of the link. It comes in the fragment, which browsers send to no server; the page takes it out of the address bar
// and keeps it for this tab only.
const KEPT_AS = 'playgate-guardian-link';

export interface LinkToken {
  readonly token: string;
  /** Of the child, as the token names it; the gateway checks both. */
  readonly playerId: string;
}

/** Null: there is none, or what there is cannot be read. */
export function takeLinkToken(): LinkToken | null {
  const token = location.hash.length > 1 ? location.hash.slice(1) : readKept();
  if (token === null) return null;
  const playerId = readSubject(token);
  if (playerId === null) return null;
  keep(token);
  history.replaceState(null, '', location.pathname);
  return { token, playerId };
}

function readSubject(token: string): string | null {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { sub } = JSON.parse(atob(payload)) as { readonly sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

function keep(token: string): void {
  try {
    sessionStorage.setItem(KEPT_AS, token);
  } catch {
    // A reload then needs the link again.
  }
}
