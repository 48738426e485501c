// What every method of verification keeps to, whatever its source. A method's test brings a fixture with a real source.
import { isCalendarDate } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { ASSURANCES } from '../src/directory/directory.ts';
import {
  type AgeVerifier,
  type Begun,
  type CallbackParameters,
  VERIFIER_FAILURES,
  type VerificationRequest,
  type VerifierContext,
  VerifierError,
} from '../src/verification/age-verifier.ts';
import type { IdentityClaim } from '../src/verification/identity-claim.ts';
import { normalizeNationalId } from '../src/verification/normalize-national-id.ts';

export interface VerifierFixture {
  readonly verifier: AgeVerifier;
  readonly request: VerificationRequest;
  /** Part of the claim that the request, or the player who acts on it, is good for. */
  readonly claim: Partial<IdentityClaim>;
  readonly context: Omit<VerifierContext, 'signal'>;
  /** Of interactive methods: what the player does, and what it brings to the callback. */
  readonly act?: (begun: Begun) => Promise<CallbackParameters>;
}

const HANDLE = 'h'.repeat(40);

/** `open` is called per test; `close` after it. */
export function describeVerifierConformance(
  name: string,
  open: () => Promise<VerifierFixture>,
  close: () => Promise<void> = async () => undefined,
): void {
  const withFixture = (run: (fixture: VerifierFixture) => Promise<void>) => async () => {
    const fixture = await open();
    try {
      await run(fixture);
    } finally {
      await close();
    }
  };

  describe(`${name} as a method of verification`, () => {
    it(
      'makes a claim in the words of the port',
      withFixture(async (fixture) => {
        expect(fixture.verifier.method).toBe(fixture.request.method);
        const claim = await claimOf(fixture);
        expect(claim).toMatchObject(fixture.claim);
        expectClaim(claim);
      }),
    );

    it(
      'makes the same claim of the same person again',
      withFixture(async (fixture) => {
        expect(await claimOf(fixture)).toEqual(await claimOf(fixture));
      }),
    );

    it(
      'fails with a VerifierError when it is told to stop',
      withFixture(async (fixture) => {
        const error = await claimOf(fixture, AbortSignal.abort()).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error).toBeInstanceOf(VerifierError);
      }),
    );

    it(
      'gives each begun verification secrets of its own, and shows none of them',
      withFixture(async (fixture) => {
        if (fixture.verifier.kind === 'direct') return;
        expect(fixture.verifier.pendingMsMax).toBeGreaterThan(0);
        const first = await begin(fixture);
        const second = await begin(fixture);
        expect(second.secret).not.toBe(first.secret);
        expect(JSON.stringify([first.redirectUrl, first.presentationRequest])).not.toContain(first.secret);
      }),
    );

    it(
      'takes no answer that belongs to another begun verification',
      withFixture(async (fixture) => {
        const { act, verifier } = fixture;
        if (verifier.kind === 'direct') return;
        const callback = await act!(await begin(fixture));
        const { secret } = await begin(fixture);
        await expectFailure(verifier.complete(secret, callback, contextOf(fixture)), ['proof_invalid']);
      }),
    );

    it(
      'refuses callbacks that say nothing, nonsense or too much, and repeats nothing of them',
      withFixture(async (fixture) => {
        const { verifier } = fixture;
        if (verifier.kind === 'direct') return;
        const names = Object.keys(await fixture.act!(await begin(fixture)));
        const nonsense = (value: string) => Object.fromEntries(names.map((each) => [each, value]));
        for (const callback of [{}, ...['', '<script>', '{}', '.'.repeat(3), 'x'.repeat(4_000)].map(nonsense)]) {
          const { secret } = await begin(fixture);
          const failing = verifier.complete(secret, callback, contextOf(fixture));
          const error = await expectFailure(failing, VERIFIER_FAILURES);
          expect(error.message).not.toContain('<script>');
        }
      }),
    );
  });
}

function contextOf({ context }: VerifierFixture, signal = new AbortController().signal): VerifierContext {
  return { ...context, signal };
}

async function begin(fixture: VerifierFixture, signal?: AbortSignal): Promise<Begun> {
  const { request, verifier } = fixture;
  if (verifier.kind === 'direct') throw new TypeError('a direct method does not begin');
  return verifier.begin(request, HANDLE, contextOf(fixture, signal));
}

async function claimOf(fixture: VerifierFixture, signal?: AbortSignal): Promise<IdentityClaim> {
  const { act, request, verifier } = fixture;
  if (verifier.kind === 'direct') return verifier.verify(request, contextOf(fixture, signal));
  const begun = await begin(fixture, signal);
  return verifier.complete(begun.secret, await act!(begun), contextOf(fixture, signal));
}

async function expectFailure(failing: Promise<unknown>, codes: readonly string[]): Promise<VerifierError> {
  const error = await failing.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(VerifierError);
  expect(codes).toContain((error as VerifierError).code);
  return error as VerifierError;
}

function expectClaim({ assurance, birthDate, bornFrom, guardian, nationalId, phone, subject }: IdentityClaim): void {
  expect(birthDate).toSatisfy(isCalendarDate);
  if (typeof bornFrom === 'string') {
    expect(bornFrom).toSatisfy(isCalendarDate);
    expect(bornFrom <= birthDate).toBe(true);
  }
  expect(ASSURANCES).toContain(assurance);
  if (nationalId !== null) expect(normalizeNationalId(nationalId)).toBe(nationalId);
  if (phone !== null) expect(phone.number).toMatch(/^\+[1-9]\d{6,14}$/);
  if (subject !== undefined) expect([subject.issuer, subject.id]).not.toContain('');
  if (guardian !== null) expect(guardian.phone).toMatch(/^\+[1-9]\d{6,14}$/);
}
