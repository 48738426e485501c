// `playgate-accept verify`: whether a certificate is what the holder of a trusted key signed.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Certificate, judge } from './certificate.ts';
import { type SignatureVerdict, verifyCertificate } from './signature.ts';
import { EXIT_CODES, summaryOf } from './summary.ts';
import { UsageError } from './usage-error.ts';

export const VERIFY_USAGE = `usage: playgate-accept verify <certificate> --trust <public key> [--trust <public key> ...]

  --trust   Ed25519 public key: a file with a PEM, a JWK or a JWKS, or the https address of one

Ends with 0 when a trusted key signed exactly this certificate and it accepts, with 3 when it is of a part of the cases only, else
with 1.`;

const OPTIONS = { trust: { type: 'string', multiple: true }, help: { type: 'boolean', default: false } } as const;
const FETCH_MS_MAX = 10_000;

const WHY: Readonly<Record<Extract<SignatureVerdict, { isGenuine: false }>['why'], string>> = {
  altered: 'its hash is not that of its content',
  unsigned: 'it is not signed',
  unknown_key: 'no trusted key signed it',
  bad_signature: 'its signature does not fit its content',
};

export async function runVerify(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) {
    console.log(VERIFY_USAGE);
    return 0;
  }
  const [file] = positionals;
  const { trust = [] } = values;
  if (file === undefined || positionals.length > 1) throw new UsageError(VERIFY_USAGE);
  if (trust.length === 0) throw new UsageError(`--trust is missing\n\n${VERIFY_USAGE}`);
  const certificate = JSON.parse(await readFile(file, 'utf8')) as Certificate;
  const verdict = await verifyCertificate(certificate, await Promise.all(trust.map(readKey)));
  if (!verdict.isGenuine) {
    console.log(`NOT genuine: ${WHY[verdict.why]}`);
    return 1;
  }
  const { cases, integration } = certificate;
  console.log(`genuine, signed by ${verdict.keyId}: ${integration.name} ${integration.version}`);
  for (const line of summaryOf(cases)) console.log(line);
  return EXIT_CODES[judge(cases)];
}

async function readKey(from: string): Promise<string> {
  if (!/^https?:/.test(from)) return readFile(from, 'utf8');
  const response = await fetch(from, { signal: AbortSignal.timeout(FETCH_MS_MAX) });
  if (!response.ok) throw new Error(`${from}: ${response.status}`);
  return response.text();
}
