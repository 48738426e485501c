// The log: JSON lines on the standard error output, so that the standard output is left to the start message.
import { type DestinationStream, destination, type Logger, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names under which personal data and secrets could come by, at the top of a line and one level down. */
export const REDACTED_FIELDS = [
  'ageToken',
  'authorization',
  'birthDate',
  'body',
  'cookie',
  'csrfToken',
  'guardian',
  'key',
  'nationalId',
  'phone',
  'playerRef',
  'sessionToken',
  'stationToken',
  'token',
] as const;

const STDERR = 2;

export function createLogger(level: LogLevel, stream: DestinationStream = destination(STDERR)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      redact: { paths: REDACTED_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    stream,
  );
}
