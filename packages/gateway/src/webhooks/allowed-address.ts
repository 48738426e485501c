// Where webhooks may go: providers choose the address, and the gateway stands inside somebody's network. Live worlds reach
// public addresses over https; test worlds also this machine, over http if they like. A name is judged by what it resolves to
// at each connection, so one that is pointed elsewhere later gains nothing.
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Mode } from '../directory/world.ts';

/** The special-purpose registries of IANA, as far as they are not reached over the public internet. */
const NOT_PUBLIC_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Of IPv6 only global unicast is public; within it, what leads to IPv4 (6to4, Teredo) or nowhere. */
const PUBLIC_6 = ['2000::', 3] as const;
const NOT_PUBLIC_6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of NOT_PUBLIC_6) notPublic.addSubnet(net, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet(...PUBLIC_6, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

export function isAllowedAddress(address: string, mode: Mode): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return false;
  if (mode === 'test' && loopback.check(address, family)) return true;
  if (family === 'ipv6' && !globalUnicast.check(address, family)) return false;
  return !notPublic.check(address, family);
}

/** As far as it can be told without resolving a name. */
export function isAllowedUrl(text: string, mode: Mode): boolean {
  if (!URL.canParse(text)) return false;
  const { hash, hostname, password, protocol, username } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'http:') return mode === 'test' && (host === 'localhost' || loopbackHas(host));
  if (protocol !== 'https:') return false;
  return isIP(host) === 0 || isAllowedAddress(host, mode);
}

const loopbackHas = (host: string): boolean =>
  isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');

/** A look-up that knows no address webhooks may not go to: one such address among several spoils the name. */
export function guardedLookup(mode: Mode): LookupFunction {
  return (hostname: string, options: LookupOptions, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isAllowedAddress(address, mode))) {
        return callback(new AddressRefusedError('the name leads to an address that webhooks may not go to'), '', 0);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
