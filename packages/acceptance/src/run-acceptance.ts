// Plays every published case and certifies what came of it.
import packageJson from '../package.json' with { type: 'json' };
import { type CaseResult, CERTIFICATE_SCHEMA, type Certificate, certify, judge } from './certificate.ts';
import type { Driver } from './driver.ts';
import { type GatewayAccess, GatewayApi } from './gateway-api.ts';
import { Link } from './link.ts';
import { type CaseId, PUBLISHED_CASES, type PublishedCase } from './published-cases.ts';
import { SCENES } from './scenes/index.ts';
import { birthDateOf, CaseFailure, dateAt, type Facts, morningOf, Stage, type StageParts } from './stage.ts';

/** Years: a minor who needs no guardian. */
const PROBE_AGE = 16;

export interface AcceptanceOptions {
  readonly driver: Driver;
  /** A test world: its clock is moved, its players are made up. */
  readonly gateway: GatewayAccess;
  /** A seat of an agent; null: the case about internet cafés is skipped. */
  readonly stationToken?: string | null;
  /** Only these cases; default: all. */
  readonly only?: readonly CaseId[];
  /** Where the link to the gateway listens; default: a free port of 127.0.0.1. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Called after each case. */
  readonly onResult?: (result: CaseResult) => void;
  /** Keeps a screenshot and tells its name; default: none are taken. */
  readonly keepScreenshot?: (name: string, png: Uint8Array) => Promise<string>;
}

/** @throws Error when the gateway cannot be used: a failing case is a result, not an error */
export async function runAcceptance(options: AcceptanceOptions): Promise<Certificate> {
  const { driver, gateway, listen, stationToken = null } = options;
  const startedAt = new Date().toISOString();
  const api = new GatewayApi(gateway);
  const link = await Link.open(gateway.url, listen?.host, listen?.port);
  try {
    const gameId = await api.createGame('12+');
    const parts = { api, driver, link, gameId, stationToken, facts: await findFacts(api, gameId) };
    const cases: CaseResult[] = [];
    for (const entry of chosen(options)) {
      const result = await playCase(entry, parts, options);
      cases.push(result);
      options.onResult?.(result);
    }
    return certify({
      schema: CERTIFICATE_SCHEMA,
      suite: { name: packageJson.name, version: packageJson.version },
      integration: { name: driver.name, version: driver.version },
      gatewayUrl: gateway.url,
      policy: parts.facts.allowance.policy,
      time: driver.advance === undefined ? 'real' : 'virtual',
      startedAt,
      finishedAt: new Date().toISOString(),
      verdict: judge(cases),
      cases,
    });
  } finally {
    await link.close();
    await api.release().catch(() => undefined);
    await driver.stop?.();
  }
}

function chosen({ only }: AcceptanceOptions): readonly (PublishedCase & { readonly id: CaseId })[] {
  return only === undefined ? PUBLISHED_CASES : PUBLISHED_CASES.filter(({ id }) => only.includes(id));
}

async function findFacts(api: GatewayApi, gameId: string): Promise<Facts> {
  const now = Date.now();
  const date = dateAt(now);
  await api.freeze(morningOf(date));
  const consentedAt = new Date(morningOf(date)).toISOString();
  const player = await api.verify(`accept-probe-${now}`, birthDateOf(PROBE_AGE, date), consentedAt);
  const allowance = await api.probe(player, gameId);
  const limitMs = allowance.bindingRule?.limitMs;
  if (limitMs == null) throw new Error('the policy of the gateway limits no minor: there is nothing to accept');
  return { date, allowance, limitMs, leaseMs: Date.parse(allowance.leaseExpiresAt) - Date.parse(allowance.serverAt) };
}

async function playCase(
  entry: PublishedCase & { readonly id: CaseId },
  parts: StageParts,
  options: AcceptanceOptions,
): Promise<CaseResult> {
  if (entry.needs === 'stationToken' && parts.stationToken === null) {
    return { ...entry, outcome: 'skipped', observations: [], why: 'no station token was given', screenshots: [] };
  }
  const stage = new Stage(parts);
  await parts.api.freeze(morningOf(parts.facts.date));
  const why = await SCENES[entry.id](stage).then(() => null, reasonOf);
  parts.link.restore();
  const screenshots = await keepScreenshots(entry.id, stage, options);
  for (const play of stage.plays) await play.end().catch(() => undefined);
  const outcome = why === null ? 'passed' : 'failed';
  return { ...entry, outcome, observations: stage.observations, why, screenshots };
}

/** What the integration does wrong is a result; so is its falling over. */
function reasonOf(error: unknown): string {
  if (error instanceof CaseFailure) return error.message;
  return `the case could not be played to its end: ${error instanceof Error ? error.message : String(error)}`;
}

async function keepScreenshots(id: CaseId, { plays }: Stage, { keepScreenshot }: AcceptanceOptions): Promise<string[]> {
  const names: string[] = [];
  for (const [index, play] of plays.entries()) {
    if (keepScreenshot === undefined || play.screenshot === undefined) continue;
    names.push(await keepScreenshot(`${id}-${index + 1}.png`, await play.screenshot()));
  }
  return names;
}
