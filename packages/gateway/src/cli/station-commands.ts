// `playgate station`: a seat or a counter. It is a client of the gateway like any game, and stands on the SDK.
import { isZone } from '@playgate/policy';
import { type Command, Option } from 'commander';
import { withUrlOption } from './gateway-http.ts';
import { CommandError } from './open-stores.ts';
import { askOn } from './station/ask-on.ts';
import { playAtSeat, type SeatHost, type SeatOutcome } from './station/play-at-seat.ts';
import { plainScreen, terminalScreen } from './station/seat-screen.ts';
import { type Ask, verifyWalkIn } from './station/verify-walk-in.ts';

/** Beside 0 (played, and the gateway knows) and 1 (something is broken). */
export const EXIT_REFUSED = 3;
export const EXIT_UNACKNOWLEDGED = 4;

export interface StationPorts {
  readonly seat: SeatHost;
  readonly ask: Ask;
  readonly setExitCode: (code: number) => void;
}

interface OpenOptions {
  readonly url: string;
  readonly game: string;
  readonly stationToken: string;
  readonly providerKey: string;
  readonly serverKey?: string;
  readonly ageToken?: string;
  readonly walkIn?: true;
  readonly locale: string;
  readonly zone: string;
}

const HELP = `
Credentials are better given by the environment than on the command line, which every user of the machine can read:
PLAYGATE_STATION_TOKEN (st_...), PLAYGATE_PROVIDER_KEY (pk_...), PLAYGATE_SERVER_KEY (sk_...), PLAYGATE_AGE_TOKEN.

Exit codes: 0 played, and the gateway knows the end; 1 something is broken; ${EXIT_REFUSED} play is refused;
${EXIT_UNACKNOWLEDGED} played, but the gateway has not acknowledged the end.`;

const VARIABLES = {
  stationToken: 'PLAYGATE_STATION_TOKEN',
  providerKey: 'PLAYGATE_PROVIDER_KEY',
  serverKey: 'PLAYGATE_SERVER_KEY',
  ageToken: 'PLAYGATE_AGE_TOKEN',
} as const;

export function addStationCommands(program: Command, ports: StationPorts = processPorts()): void {
  const station = program.command('station').description('a seat of an internet café');
  const fromEnvironment = (flags: string, description: string, variable: string) =>
    new Option(flags, description).env(variable);
  const { ageToken, providerKey, serverKey, stationToken } = VARIABLES;
  withUrlOption(station.command('open'))
    .description('open the seat for one customer and see to the end of play')
    .requiredOption('--game <gameId>', 'game that is played')
    .addOption(
      fromEnvironment('--station-token <token>', 'token of the seat, st_...', stationToken).makeOptionMandatory(),
    )
    .addOption(
      fromEnvironment(
        '--provider-key <key>',
        'publishable key of the game’s provider, pk_...',
        providerKey,
      ).makeOptionMandatory(),
    )
    .addOption(fromEnvironment('--age-token <token>', 'age token that the game’s provider gave the player', ageToken))
    .option('--walk-in', 'ask staff for the document that is shown; needs the provider’s server key')
    .addOption(fromEnvironment('--server-key <key>', 'secret key of the provider, sk_...; for --walk-in', serverKey))
    .option('--locale <locale>', 'language of the screen: vi or en', 'vi')
    .option('--zone <zone>', 'zone of the policy, in which times are shown', 'Asia/Ho_Chi_Minh')
    .addHelpText('after', HELP)
    .action(async (options: OpenOptions) => ports.setExitCode(await openSeat(options, ports)));
}

async function openSeat(options: OpenOptions, { ask, seat }: StationPorts): Promise<number> {
  const { game: gameId, url: gatewayUrl } = options;
  const { locale, zone } = options;
  if (locale !== 'vi' && locale !== 'en') throw new CommandError('--locale: vi or en.');
  if (!isZone(zone)) throw new CommandError('--zone: a name like Asia/Ho_Chi_Minh.');
  const stationToken = credential('stationToken', '--station-token', 'st_', options);
  const publishableKey = credential('providerKey', '--provider-key', 'pk_', options);
  const ageToken = await ageTokenOf(options, seat, ask);
  if (ageToken === null) return EXIT_REFUSED;
  const start = { gatewayUrl, publishableKey, gameId, stationToken, ageToken, locale, zone } as const;
  const outcome = await playAtSeat(start, seat).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  });
  return exitCodeOf(outcome);
}

function exitCodeOf(outcome: SeatOutcome): number {
  if (outcome.verdict === 'denied') return EXIT_REFUSED;
  return outcome.report.settlement.status === 'unacknowledged' ? EXIT_UNACKNOWLEDGED : 0;
}

/** Null: nobody may play, and the screen says why. */
async function ageTokenOf(options: OpenOptions, { screen }: SeatHost, ask: Ask): Promise<string | null> {
  if (options.walkIn !== true) {
    if (options.ageToken !== undefined) return options.ageToken;
    throw new CommandError(
      'Who plays? --age-token (or PLAYGATE_AGE_TOKEN) of a player who signed in to the game, or --walk-in.',
    );
  }
  const serverKey = credential('serverKey', '--server-key', 'sk_', options);
  const walkIn = await verifyWalkIn({ url: options.url, serverKey }, ask);
  if (walkIn.verdict === 'verified') return walkIn.ageToken;
  screen.say(
    walkIn.verdict === 'not_confirmed'
      ? 'The age is not confirmed: the seat stays closed, and nothing was sent.'
      : `The seat stays closed: ${walkIn.outcome}.`,
  );
  return null;
}

function credential(
  name: 'stationToken' | 'providerKey' | 'serverKey',
  flag: string,
  prefix: string,
  options: OpenOptions,
): string {
  const value = options[name];
  if (value?.startsWith(prefix) === true) return value;
  throw new CommandError(`${flag} or ${VARIABLES[name]} is needed: a key that begins with ${prefix}`);
}

function processPorts(): StationPorts {
  const screen = process.stdout.isTTY ? terminalScreen(process.stdout) : plainScreen(process.stdout);
  return {
    seat: {
      screen,
      onStop: (listener) => {
        process.on('SIGINT', listener);
        process.on('SIGTERM', listener);
      },
      platform: {
        fetch: (url, request) => fetch(url, request),
        monotonicMs: () => performance.now(),
        setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
      },
    },
    ask: askOn(process.stdin, process.stdout),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}
