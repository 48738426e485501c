#!/usr/bin/env node
// Runs examples/first-day against the built gateway, started on a fresh data directory and a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const START_MS_MAX = 60_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Settings of whoever runs this must not reach the gateway: it would use their stores. */
function cleanEnvironment(settings) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(PLAYGATE_|REDIS_URL$|DATABASE_URL$|HOST$)/.test(name)) delete env[name];
  return { ...env, ...settings };
}

async function startGateway(dataDir) {
  const env = cleanEnvironment({ PLAYGATE_DATA_DIR: dataDir, PORT: String(await freePort()) });
  const gateway = spawn(process.execPath, ['packages/gateway/dist/main.js'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const late = setTimeout(() => gateway.kill('SIGKILL'), START_MS_MAX);
  let output = '';
  for await (const data of gateway.stdout.iterator({ destroyOnReturn: false })) {
    output += data;
    if (output.includes('playgate is ready')) break;
  }
  clearTimeout(late);
  if (gateway.exitCode !== null || gateway.signalCode !== null) throw new Error('the gateway did not start');
  gateway.stdout.resume();
  return gateway;
}

const dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-example-'));
try {
  const gateway = await startGateway(dataDir);
  const example = spawn('pnpm', ['--silent', '--filter', '@playgate/example-first-day', 'start', dataDir], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [code] = await once(example, 'exit');
  const ended = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  const [gatewayCode] = await ended;
  if (gatewayCode !== 0) console.error(`playgate: the gateway ended with ${gatewayCode}`);
  process.exitCode = code === 0 && gatewayCode === 0 ? 0 : 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
