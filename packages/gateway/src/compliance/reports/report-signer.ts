/** Signs what is handed out, so that whoever gets it can prove where it came from. */
export interface ReportSigner {
  /** Detached JWS (RFC 7515 appendix F, EdDSA) over exactly these bytes; the same bytes always give the same text. */
  sign(bytes: Uint8Array): Promise<string>;
}
