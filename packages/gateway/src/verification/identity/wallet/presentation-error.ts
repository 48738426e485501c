/** What is wrong with a presentation. */
export type PresentationProblem =
  /** Not an SD-JWT with a key binding JWT, or larger than one needs to be. */
  | 'malformed'
  | 'issuer_not_trusted'
  | 'issuer_signature'
  | 'type_not_accepted'
  | 'expired'
  | 'not_yet_valid'
  | 'claims_incomplete'
  /** The issuer publishes revocations, which are not looked up. */
  | 'status_not_supported'
  | 'disclosure'
  | 'holder_key'
  | 'key_binding'
  | 'key_binding_stale'
  | 'wrong_audience'
  | 'wrong_nonce';

/** A presentation that proves nothing. */
export class PresentationError extends Error {
  override readonly name = 'PresentationError';
  readonly problem: PresentationProblem;

  constructor(problem: PresentationProblem, options?: ErrorOptions) {
    super(`wallet presentation: ${problem}`, options);
    this.problem = problem;
  }
}
