import { describe, expect, it } from 'vitest';
import { signInCookiesOf } from './sign-in-cookies.ts';
import { parseIdentityProviders } from './sign-in-settings.ts';

const RULES = { allowsLoopback: false };
const OPERATOR = { claim: 'groups', includes: 'ops', role: 'operator' };
const entry = (more: object = {}) => ({
  id: 'staff',
  issuer: 'https://id.example',
  clientId: 'playgate',
  clientSecret: 'very secret',
  rules: [OPERATOR],
  ...more,
});
const parse = (...identityProviders: readonly object[]) => parseIdentityProviders({ identityProviders }, RULES);

describe('the file of sign-in', () => {
  it('is taken with defaults', () => {
    expect(parse(entry())).toMatchObject([{ scopes: ['openid'], clientAuthentication: 'client_secret_basic' }]);
  });

  it.each([
    ['no identity provider', []],
    ['two of one id', [entry(), entry()]],
    ['plain http', [entry({ issuer: 'http://id.example' })]],
    ['plain http on loopback in production', [entry({ issuer: 'http://127.0.0.1' })]],
    ['no rule', [entry({ rules: [] })]],
    ['a made-up role', [entry({ rules: [{ ...OPERATOR, role: 'root' }] })]],
    ['a provider without mode', [entry({ rules: [{ ...OPERATOR, role: 'provider', subjectId: 'prv_a' }] })]],
    ['an agent without id', [entry({ rules: [{ ...OPERATOR, role: 'agent' }] })]],
    ['an operator of something', [entry({ rules: [{ ...OPERATOR, subjectId: 'prv_a' }] })]],
    ['no condition', [entry({ rules: [{ claim: 'groups', role: 'operator' }] })]],
    ['two conditions', [entry({ rules: [{ ...OPERATOR, equals: 'ops' }] })]],
    ['no openid', [entry({ scopes: ['profile'] })]],
    ['a misspelt name', [entry({ client_id: 'x' })]],
  ])('is refused with %s, and quotes no secret', (_, providers) => {
    expect(() => parse(...providers)).toThrow(Error);
    expect(() => parse(...providers)).not.toThrow(/very secret/);
  });
});

describe('the cookies of sign-in', () => {
  it('are bound to the host over https', () => {
    const { pending, session } = signInCookiesOf('https://playgate.example');
    expect(session.write('id', null)).toBe('__Host-playgate=id; Path=/; HttpOnly; SameSite=Lax; Secure');
    expect(pending.write('x', 600)).toBe(
      '__Host-playgate-sign-in=x; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600',
    );
    expect(session.clear()).toBe('__Host-playgate=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0');
  });

  it('go without on loopback only', () => {
    expect(signInCookiesOf('http://localhost:8080').session.name).toBe('playgate');
    expect(() => signInCookiesOf('http://playgate.example')).toThrow(TypeError);
  });

  it('are read among others, and not when there are two', () => {
    const { session } = signInCookiesOf('https://playgate.example');
    expect(session.read('a=b; __Host-playgate=id;c=d')).toBe('id');
    expect(session.read('playgate=id; x__Host-playgate=id')).toBeNull();
    expect(session.read('__Host-playgate=id; __Host-playgate=other')).toBeNull();
    expect(session.read(undefined)).toBeNull();
  });
});
