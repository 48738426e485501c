export {
  type AcceptanceVerdict,
  type CaseResult,
  CERTIFICATE_SCHEMA,
  type Certificate,
  isIntact,
} from './certificate.ts';
export type { Driver, Play, PlayState, Shown, StartRequest } from './driver.ts';
export type { GatewayAccess } from './gateway-api.ts';
export { connectHttpDriver } from './http-driver.ts';
export { type CaseId, PUBLISHED_CASES, type PublishedCase } from './published-cases.ts';
export { createReferenceDriver } from './reference-driver.ts';
export { type AcceptanceOptions, runAcceptance } from './run-acceptance.ts';
export { type SignatureVerdict, type SignedCertificate, signCertificate, verifyCertificate } from './signature.ts';
