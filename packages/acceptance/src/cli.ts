#!/usr/bin/env node
// `npx playgate-accept`: plays the published cases against an integration and writes the certificate.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { CaseResult, Certificate } from './certificate.ts';
import type { Driver } from './driver.ts';
import { connectHttpDriver } from './http-driver.ts';
import { type CaseId, PUBLISHED_CASES } from './published-cases.ts';
import { createReferenceDriver } from './reference-driver.ts';
import { runAcceptance } from './run-acceptance.ts';
import { signCertificate } from './signature.ts';
import { EXIT_CODES, summaryOf } from './summary.ts';
import { UsageError } from './usage-error.ts';
import { runVerify } from './verify-command.ts';

const USAGE = `usage: playgate-accept --url <gateway> --key sk_test_... --publishable-key pk_test_... --driver <driver>
       playgate-accept verify <certificate> --trust <public key>

  --url               the gateway
  --key               secret key of a test world; its clock is moved and given back
  --publishable-key   publishable key of the same world
  --driver            an http(s) address, the path of a module that exports \`createDriver\`, or \`reference\`
  --station-token     a seat of an agent, for the case about internet cafés
  --only              ids of cases, separated by commas; the certificate is then partial and accepts nothing
  --out               where the certificate goes; default: playgate-certificate.json
  --signing-key       file with an Ed25519 private key, PEM or JWK, that signs the certificate
  --listen            host:port of the link that the integration uses; default: a free port of 127.0.0.1
  --list              prints the cases and ends

Ends with 0 when accepted, 1 when a case failed, 2 when the cases could not be played, 3 when some were left out and none failed.`;

const OPTIONS = {
  url: { type: 'string' },
  key: { type: 'string' },
  'publishable-key': { type: 'string' },
  driver: { type: 'string' },
  'station-token': { type: 'string' },
  only: { type: 'string' },
  out: { type: 'string', default: 'playgate-certificate.json' },
  'signing-key': { type: 'string' },
  listen: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function loadDriver(name: string): Promise<Driver> {
  if (name === 'reference') return createReferenceDriver();
  if (/^https?:/.test(name)) return connectHttpDriver(name);
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path.resolve(name)).href);
  if (typeof module.createDriver !== 'function') throw new UsageError(`${name} exports no createDriver`);
  return (await module.createDriver()) as Driver;
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`--${name} is missing\n\n${USAGE}`);
  return value;
}

function casesOf(list: string): readonly CaseId[] {
  return list.split(',').map((word) => {
    const found = PUBLISHED_CASES.find(({ id }) => id === word.trim());
    if (found === undefined) throw new UsageError(`there is no case ${word}`);
    return found.id;
  });
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined) throw new UsageError('--listen must be host:port');
  return { host, port: Number(port) };
}

function report({ id, outcome, title, why }: CaseResult): void {
  console.log(`${outcome.padEnd('skipped'.length)}  ${id}  ${title}${why === null ? '' : `\n         ${why}`}`);
}

async function signed(certificate: Certificate, keyFile: string | undefined): Promise<Certificate> {
  return keyFile === undefined ? certificate : signCertificate(certificate, await readFile(keyFile, 'utf8'));
}

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help || values.list) {
    console.log(values.help ? USAGE : JSON.stringify(PUBLISHED_CASES, null, 2));
    return 0;
  }
  const secretKey = required(values.key, 'key');
  if (!secretKey.startsWith('sk_test_')) throw new UsageError('--key must be of a test world, sk_test_...');
  const publishableKey = required(values['publishable-key'], 'publishable-key');
  const url = required(values.url, 'url').replace(/\/+$/, '');
  const folder = path.dirname(path.resolve(values.out));
  await mkdir(folder, { recursive: true });
  const certificate = await runAcceptance({
    driver: await loadDriver(required(values.driver, 'driver')),
    gateway: { url, secretKey, publishableKey },
    stationToken: values['station-token'] ?? null,
    ...(values.only !== undefined && { only: casesOf(values.only) }),
    ...(values.listen !== undefined && { listen: addressOf(values.listen) }),
    onResult: report,
    keepScreenshot: async (name, png) => {
      await writeFile(path.join(folder, name), png);
      return name;
    },
  });
  const kept = await signed(certificate, values['signing-key']);
  await writeFile(values.out, `${JSON.stringify(kept, null, 2)}\n`);
  for (const line of summaryOf(certificate.cases)) console.log(line);
  console.log(`${values.out}, hash ${certificate.hash}`);
  return EXIT_CODES[certificate.verdict];
}

try {
  const [command, ...rest] = process.argv.slice(2);
  process.exitCode = await (command === 'verify' ? runVerify(rest) : run(process.argv.slice(2)));
} catch (error) {
  console.error(`playgate-accept: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
