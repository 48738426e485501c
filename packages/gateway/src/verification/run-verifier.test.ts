import { expect, it } from 'vitest';
import { VerifierError } from './age-verifier.ts';
import { ATTEMPTS_MAX, runVerifier } from './run-verifier.ts';

const unavailable = (message: string) => new VerifierError('source_unavailable', message);

it('tries again what was unavailable, and nothing else', async () => {
  let calls = 0;
  const second = runVerifier(async () => {
    if (++calls === 1) throw unavailable('once');
    return 'claim';
  });
  expect(await second).toBe('claim');
  calls = 0;
  const refused = runVerifier(async () => {
    calls++;
    throw new VerifierError('proof_invalid', 'no');
  });
  await expect(refused).rejects.toMatchObject({ code: 'proof_invalid' });
  expect(calls).toBe(1);
});

it('tells the first failure, whatever a later attempt says', async () => {
  let calls = 0;
  const failing = runVerifier(async () => {
    throw ++calls === 1 ? unavailable('lost the answer') : new VerifierError('proof_invalid', 'the code is spent');
  });
  await expect(failing).rejects.toMatchObject({ code: 'source_unavailable', message: 'lost the answer' });
});

it('ends work that does not heed its signal', async () => {
  const signals: AbortSignal[] = [];
  const endless = runVerifier((signal) => {
    signals.push(signal);
    return new Promise<never>(() => undefined);
  }, 5);
  await expect(endless).rejects.toMatchObject({ code: 'source_unavailable' });
  expect(signals).toHaveLength(ATTEMPTS_MAX);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
