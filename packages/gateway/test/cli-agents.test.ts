// `playgate agents` against a gateway: what the operator and a café do at a terminal.
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAgentsCommands } from '../src/cli/agents-commands.ts';
import { askOn } from '../src/cli/station/ask-on.ts';
import { plainScreen, terminalScreen } from '../src/cli/station/seat-screen.ts';
import { durationText } from '../src/cli/station/seat-words.ts';
import { Shop } from './support/shop.ts';
import { ADMIN_TOKEN, ManualClock, TestGateway } from './support/test-gateway.ts';

/** 10:00 in Vietnam. */
const TEN = Date.UTC(2026, 9, 14, 3);

let gateway: TestGateway;
let shop: Shop;

beforeAll(async () => {
  const clock = new ManualClock(TEN);
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  shop = new Shop(gateway, clock);
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function run(key: string, ...args: readonly string[]): Promise<readonly string[]> {
  const printed: string[] = [];
  const program = new Command('playgate').exitOverride();
  addAgentsCommands(program, { print: (line) => printed.push(line), note: () => {} });
  await program.parseAsync(['node', 'playgate', 'agents', ...args, '--url', gateway.baseUrl, '--key', key]);
  return printed;
}

const CAFE = ['--name', 'Quán Net', '--licence', 'HN-0042', '--province', 'Hà Nội'];

it('registers a café and lists it', async () => {
  const [agent, key] = await run(ADMIN_TOKEN, 'create', ...CAFE, '--opens', '09:00');
  expect(key).toMatch(/^key {3}ak_/);
  const listed = await run(ADMIN_TOKEN, 'list', '--province', 'Hà Nội');
  expect(listed).toContain(`${agent!.replace('agent ', '')}  09:00-22:00  0 seats  HN-0042  Hà Nội  Quán Net`);
  const [line] = await run(ADMIN_TOKEN, 'list', '--province', 'Hà Nội', '--json');
  expect(JSON.parse(line!)).toMatchObject({ licenceNo: 'HN-0042' });
});

it('looks after seats', async () => {
  const { key } = await shop.agent();
  const [station, token] = await run(key, 'stations', 'add', 'Máy 1');
  const stationId = station!.replace('station ', '');
  expect(token).toMatch(/^token {3}st_/);
  expect(await run(key, 'stations')).toEqual([`${stationId}  Máy 1  good`]);
  const [, renewed] = await run(key, 'stations', 'renew', stationId);
  expect(renewed).not.toBe(token);
  expect(await run(key, 'stations', 'revoke', stationId)).toEqual([`${stationId} is revoked`]);
  expect(await run(key, 'stations', 'list')).toEqual([`${stationId}  Máy 1  revoked 2026-10-14T03:00:00.000Z`]);
});

it('shows who plays, ends a session and prints the access log', async () => {
  const { key } = await shop.agent();
  const tenant = await shop.tenant();
  const { stationToken } = await shop.seat(key, 'Máy 1');
  const { ageToken } = await shop.guest(tenant, '1990-01-01');
  const { sessionId } = await shop.play(tenant, ageToken, stationToken);
  const until = 'until 2026-10-14T15:00:00.000Z';
  expect(await run(key, 'sessions')).toEqual([`Máy 1  ${sessionId}  sao  adult  active  ${until}`]);
  const ended = `${sessionId} ended at 2026-10-14T03:00:00.000Z`;
  expect(await run(key, 'end', sessionId, '--reason', 'closing')).toEqual([ended]);
  expect(await run(key, 'end', sessionId, '--reason', 'closing')).toEqual([`${ended} (before)`]);
  const [file] = await run(key, 'access-log', '--from', '2026-10-14');
  expect(file!.split('\r\n')[1]).toContain(`agent_ended,,`);
});

it('says what the gateway refuses', async () => {
  await expect(run('ak_wrong', 'sessions')).rejects.toThrow('The gateway refused (401)');
  await expect(run(ADMIN_TOKEN, 'create', ...CAFE, '--opens', '25:00')).rejects.toThrow('opensAt');
});

describe('the terminal of a seat', () => {
  const outputs = () => {
    const written: string[] = [];
    return { written, output: { write: (text: string) => written.push(text) } };
  };

  it('rewrites one line, and keeps it below what is said', () => {
    const { output, written } = outputs();
    const screen = terminalScreen(output);
    screen.show('Left 1:00', 1);
    screen.say('Hello');
    screen.show('Left 0:59', 1);
    expect(written.join('')).toBe('\r\u001b[KLeft 1:00\r\u001b[KHello\nLeft 1:00\r\u001b[KLeft 0:59');
  });

  it('is a line a minute elsewhere', () => {
    const { output, written } = outputs();
    const screen = plainScreen(output);
    for (const [text, minutes] of [
      ['a', 2],
      ['b', 2],
      ['c', 1],
    ] as const)
      screen.show(text, minutes);
    expect(written).toEqual(['a\n', 'c\n']);
  });

  it.each([
    [0, '0:00'],
    [1, '0:01'],
    [59_999, '1:00'],
    [3_600_000, '1:00:00'],
    [3_723_000, '1:02:03'],
  ])('tells %i ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('takes answers that are piped in, and nothing after their end', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const ask = askOn(input, output);
    input.end('y\n001\n');
    expect([await ask('One? '), await ask('Two? '), await ask('Three? '), await ask('Four? ')]).toEqual([
      'y',
      '001',
      '',
      '',
    ]);
    expect(output.read().toString()).toBe('One? Two? Three? Four? ');
  });
});
