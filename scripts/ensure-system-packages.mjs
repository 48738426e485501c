#!/usr/bin/env node
// What the tests need of the machine and npm does not carry: redis-server, a Chromium for the tests of pages, and Python
// for the second verifier of evidence.
// Looked for on the PATH; installed with apt when this is root on Debian or Ubuntu; else it says what to do.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

/** Any one of `commands` will do; `debian` and `ubuntu` name the package. */
const NEEDED = [
  {
    what: 'redis-server',
    commands: ['redis-server'],
    package: 'redis-server',
    elsewhere: 'Install Redis 7 or newer (brew install redis, dnf install redis, https://redis.io/docs/install).',
  },
  {
    what: 'Chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium',
    elsewhere: 'Install Chromium or Chrome so that one of these commands is on the PATH.',
  },
  {
    what: 'Python 3.10 or newer',
    commands: ['python3'],
    package: 'python3',
    elsewhere: 'Install Python 3 (brew install python, dnf install python3, https://www.python.org/downloads).',
  },
];

function isOnPath(command) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const findMissing = () => NEEDED.filter(({ commands }) => !commands.some(isOnPath));

function install(missing) {
  const names = missing.map(({ package: name }) => name);
  console.error(`playgate: installing ${names.join(' and ')} with apt (once)`);
  const apt = (...args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stderr } = spawnSync('apt-get', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) console.error(stderr);
    return status === 0;
  };
  return apt('update') && apt('install', '-y', '--no-install-recommends', ...names);
}

const missing = findMissing();
if (missing.length > 0) {
  const canInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0 && isOnPath('apt-get');
  if (canInstall) install(missing);
  const left = findMissing();
  for (const { what, package: name, elsewhere } of left) {
    const debian = existsSync('/etc/debian_version') ? `apt-get install ${name}` : elsewhere;
    console.error(`playgate: the tests need ${what}, which is not on the PATH. ${debian}`);
  }
  if (left.length > 0) process.exit(1);
}
