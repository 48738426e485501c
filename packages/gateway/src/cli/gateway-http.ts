// Commands that ask a running gateway: where it is, with which key, and its refusals as one line for a person.
import { HEADERS, limits, purpose as purposeSchema } from '@playgate/contract';
import { type Command, Option } from 'commander';
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

/** Adds `--url` and `--key`, each with its environment variable. `keyKind` null: what is asked is public. */
export function withGatewayOptions(command: Command, keyKind: string | null): Command {
  withUrlOption(command);
  if (keyKind === null) return command;
  return command.addOption(new Option('--key <key>', keyKind).env('PLAYGATE_KEY').makeOptionMandatory());
}

export function withUrlOption(command: Command): Command {
  return command.addOption(
    new Option('--url <url>', 'address of the gateway').env('PLAYGATE_URL').default(URL_DEFAULT),
  );
}

/**
 * Why it is asked, as a header. Undefined: not said, which is for those who need not.
 * Throws a CommandError for a regulator that does not say it, and for a text that is none.
 */
export function purposeHeaders({ key }: GatewayOptions, purpose: string | undefined): Readonly<Record<string, string>> {
  if (purpose === undefined && key?.startsWith(REGULATOR_KEY_PREFIX) !== true) return {};
  if (!purposeSchema.safeParse(purpose).success) {
    throw new CommandError(
      `A regulator has to say why it asks: --purpose "...", at most ${limits.PURPOSE_LENGTH_MAX} characters. It is kept in the access log.`,
      EXIT_CODES.usage,
    );
  }
  // Headers are ASCII; the gateway decodes it.
  return { [HEADERS.purpose]: encodeURIComponent(purpose!) };
}

const REGULATOR_KEY_PREFIX = 'rk_';

/** The answer, its body unread. Throws a CommandError that says what the gateway said. */
export async function askGateway({ url, key }: GatewayOptions, request: GatewayRequest): Promise<Response> {
  const { body, headers, method = 'GET', path } = request;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch((error: unknown) => {
    throw new CommandError(`No answer from ${url}: ${causeOf(error)}`, EXIT_CODES.unreachable);
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** A field that is wrong is one of the command line. */
async function refusalOf(response: Response): Promise<CommandError> {
  const text = await response.text();
  try {
    const { title, detail, errors = [] } = JSON.parse(text) as Problem;
    const fields = errors.map(({ message, path }) => `  ${path}: ${message}`);
    const lines = [`The gateway refused (${response.status}): ${title}. ${detail}`, ...fields];
    return new CommandError(lines.join('\n'), fields.length > 0 ? EXIT_CODES.usage : EXIT_CODES.no);
  } catch {
    return new CommandError(`The gateway refused (${response.status}).`);
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
