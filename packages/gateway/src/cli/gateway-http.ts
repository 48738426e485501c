// Commands that ask a running gateway: where it is, with which key, and its refusals as one line for a person.
import type { Command } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';
import { CommandError } from './open-stores.ts';

const URL_DEFAULT = 'http://127.0.0.1:8080';
/** A report over a year of events takes a while. */
const ANSWER_MS_MAX = 120_000;

export interface GatewayOptions {
  readonly url: string;
  readonly key?: string;
}

export interface GatewayRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Adds `--url` and `--key`, each with its environment variable. */
export function withGatewayOptions(command: Command, keyKind: string): Command {
  return command
    .option('--url <url>', 'address of the gateway (PLAYGATE_URL)', process.env.PLAYGATE_URL ?? URL_DEFAULT)
    .option('--key <key>', `${keyKind} (PLAYGATE_KEY)`);
}

/** The answer, its body unread. Throws a CommandError that says what the gateway said. */
export async function askGateway({ url, key }: GatewayOptions, request: GatewayRequest): Promise<Response> {
  const credential = key ?? process.env.PLAYGATE_KEY;
  if (credential === undefined) throw new CommandError('A key is needed: --key or PLAYGATE_KEY.');
  const { body, headers, method = 'GET', path } = request;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      Authorization: `Bearer ${credential}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch((error: unknown) => {
    throw new CommandError(`No answer from ${url}: ${causeOf(error)}`, EXIT_CODES.unreachable);
  });
  if (!response.ok) throw new CommandError(await refusalOf(response));
  return response;
}

async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { title, detail, errors = [] } = JSON.parse(text) as Problem;
    const fields = errors.map(({ message, path }) => `  ${path}: ${message}`);
    return [`The gateway refused (${response.status}): ${title}. ${detail}`, ...fields].join('\n');
  } catch {
    return `The gateway refused (${response.status}).`;
  }
}

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
