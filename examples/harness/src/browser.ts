// Debian's Chromium, without a screen.
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env.PLAYGATE_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
