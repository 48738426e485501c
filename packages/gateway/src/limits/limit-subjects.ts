// Under what names callers, devices and addresses are counted. What could say something of a person is a keyed hash, so
// neither Redis nor a dump of it holds addresses, device ids or accounts.
import { createHmac, createSecretKey } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import type { Principal } from '../directory/principal.ts';
import type { World } from '../directory/world.ts';

/** 132 bits. */
const MARK_LENGTH = 22;
const IPV6_GROUPS = 8;
/** Whoever has one address of a network of this size has them all. */
const IPV6_NETWORK_GROUPS = 4;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

export type Mark = (kind: string, ...parts: readonly string[]) => string;

/** Equal for equal parts under the same key, on every gateway; tells nothing of them. */
export function markWith(key: Uint8Array): Mark {
  const secret = createSecretKey(key);
  return (kind, ...parts) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([kind, ...parts]))
      .digest('base64url')
      .slice(0, MARK_LENGTH);
}

export function subjectOfPrincipal(principal: Principal): string {
  if ('person' in principal && principal.person !== undefined) return principal.person.signInId;
  if ('keyId' in principal) return principal.keyId;
  if (principal.kind === 'session') return principal.claims.sessionId;
  return principal.kind === 'guardian' ? principal.guardianId : principal.kind;
}

export function nameOfWorld({ providerId, mode }: World): string {
  return `${providerId}:${mode}`;
}

/** The address as it is, but of IPv6 the /64 network; one name for what is no address. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || isIP(address) === 0) return 'unknown';
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  return groupsOf(address).slice(0, IPV6_NETWORK_GROUPS).join(':');
}

function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const split = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [split(head), split(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, IPV6_GROUPS - left.length - right.length);
  return [...left, ...Array.from({ length: missing }, () => '0'), ...right].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
